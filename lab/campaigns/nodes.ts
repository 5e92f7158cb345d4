/**
 * Upgrading the nodes, and every way in which that can go wrong, on real machines with real kubeadm, kubelet, containerd,
 * sshd and scheduler.
 */
import { campaign } from '../kit/runner.ts';
import { SETTINGS } from './nodes/cluster.ts';
import { batch } from './nodes/failing.ts';
import { field } from './nodes/field.ts';
import { halfDone } from './nodes/half-done.ts';
import { hostile } from './nodes/hostile.ts';
import { kills } from './nodes/kills.ts';
import { nextMinor, oneControlPlane, threeControlPlanes } from './nodes/night.ts';
import { endings, fence, halts, limits, takeovers } from './nodes/workers.ts';

/** In the order in which a reader wants to know. */
await campaign('Upgrading the nodes', SETTINGS, [
  oneControlPlane,
  threeControlPlanes,
  nextMinor,
  kills,
  halfDone,
  endings,
  batch,
  takeovers,
  fence,
  limits,
  halts,
  hostile,
  field,
]);
