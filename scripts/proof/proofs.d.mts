export const PROOFS: { file: string; env: Record<string, string> }[];
