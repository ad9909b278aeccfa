export function mailAt(number: number): string;
export function fillMaildir(folder: string, user: string, count: number): number;
