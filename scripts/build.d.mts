export declare const ENTRIES: string[];
/** Builds src/ into dist/. */
export declare function buildAll(): Promise<void>;
