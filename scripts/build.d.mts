export interface BundledPackage {
  name: string;
  version: string;
  license: string;
  folder: string;
}
export declare const ENTRIES: string[];
export declare const OUTSIDE: string[];
export declare const REQUIRE: string;
export declare const ALIAS: Record<string, string>;
/** Builds src/ into dist/ and answers the packages that were put in. */
export declare function buildAll(): Promise<BundledPackage[]>;
