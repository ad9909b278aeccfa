/** Puts what goes into the bundle into a folder. `dist` must be built. */
export declare function stageBundle(folder: string): void;
