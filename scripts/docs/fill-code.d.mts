export function fillCode(page: string, read: (path: string) => string): string;
