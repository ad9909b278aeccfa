export interface ProofResults {
  node: string;
  proofs: {
    id: string;
    file: string;
    what: string;
    figures: Record<string, number>;
    must: Record<string, number | { most: number } | { least: number }>;
    held: boolean;
  }[];
}
export function proofTable(results: ProofResults): string;
export function between(page: string): string;
export function withBetween(page: string, text: string): string;
