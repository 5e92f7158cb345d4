/**
 * Upgrading the nodes, and every way in which that can go wrong, on real machines with real kubeadm, kubelet, containerd,
 * sshd and scheduler. Parts, each on a cluster of its own; `--only NAME,NAME` runs some of them. Prints a line per point;
 * `--keep` leaves the lab of the last part up; `--record FILE` writes the sections of the parts that ran.
 */
import { parts } from '../kit/parts.ts';
import { PARTS } from './nodes/parts.ts';

await parts('Upgrading the nodes', PARTS);
