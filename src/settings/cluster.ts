import { alerts } from './alerts.ts';
import { annotationPrefix } from './annotation-prefix.ts';
import { argo } from './argo.ts';
import { certificateAuthorities } from './certificate-authorities.ts';
import { compatibility } from './compatibility.ts';
import { controlPlane } from './control-plane.ts';
import { dashboard } from './dashboard.ts';
import { drain } from './drain.ts';
import { history } from './history.ts';
import { images } from './images.ts';
import { object, type ObjectOf } from './kit.ts';
import { kubeadm } from './kubeadm.ts';
import { kured } from './kured.ts';
import { maintenance } from './maintenance.ts';
import { metrics } from './metrics.ts';
import { monitoring } from './monitoring.ts';
import { network } from './network.ts';
import { nightly } from './nightly.ts';
import { nodes } from './nodes.ts';
import { notify } from './notify.ts';
import { packages } from './packages.ts';
import { policy } from './policy.ts';
import { postflight } from './postflight.ts';
import { preflight } from './preflight.ts';
import { prepare } from './prepare.ts';
import { report } from './report.ts';
import { resources } from './resources.ts';
import { runners } from './runners.ts';
import { secrets } from './secrets.ts';
import { snapshot } from './snapshot.ts';
import { withDefaults } from './schema.ts';
import { ssh } from './ssh.ts';
import { workers } from './workers.ts';

/** Every setting of a cluster, in the order of the reference page and of clusters/example.yaml. */
export const SETTINGS = {
  annotationPrefix,
  nightly,
  report,
  policy,
  maintenance,
  workers,
  runners,
  argo,
  packages,
  ssh,
  kubeadm,
  prepare,
  controlPlane,
  drain,
  nodes,
  metrics,
  monitoring,
  notify,
  preflight,
  postflight,
  kured,
  snapshot,
  alerts,
  dashboard,
  compatibility,
  images,
  certificateAuthorities,
  secrets,
  network,
  resources,
  history,
};

export const cluster = object(SETTINGS);

/** The settings of one cluster, with every default filled in, and the name of its file. */
export type ClusterSettings = ObjectOf<typeof SETTINGS> & { name: string };

/** Returns the settings of a file that sets nothing but `images`. */
export const defaultSettings = (images: { readonly repository: string }): Omit<ClusterSettings, 'name'> =>
  withDefaults(cluster.schema, { images }) as Omit<ClusterSettings, 'name'>;
