/** Where the manifests of this campaign's cluster are rendered to. */
export const RENDERED = 'build/gate-dist';
export const CLUSTER = `${RENDERED}/gate`;

/** What the cluster runs, and the next minor. */
export const RUNNING = '1.33.13';
export const NEXT = '1.34.10';
