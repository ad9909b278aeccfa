export interface BundledPackage {
  name: string;
  version: string;
  license: string;
  folder: string;
}
export declare const ENTRIES: string[];
/** Builds src/ into dist/ and answers the packages that were put in. */
export declare function buildAll(): Promise<BundledPackage[]>;
