import type { Minor } from '../../kubernetes/releases.ts';
import type { Addon } from './addon.ts';
import { argoCd } from './argo-cd.ts';
import { argoWorkflows } from './argo-workflows.ts';
import { calico } from './calico.ts';
import { certManager } from './cert-manager.ts';
import { cilium } from './cilium.ts';
import { envoyGateway } from './envoy-gateway.ts';
import { externalDns } from './external-dns.ts';
import { externalSecrets } from './external-secrets.ts';
import { gpuOperator } from './gpu-operator.ts';
import { ingressNginx } from './ingress-nginx.ts';
import { istio } from './istio.ts';
import { keda } from './keda.ts';
import { kured } from './kured.ts';
import { kyverno } from './kyverno.ts';
import { longhorn } from './longhorn.ts';
import { metallb } from './metallb.ts';
import { metricsServer } from './metrics-server.ts';
import { prometheusOperator } from './prometheus-operator.ts';
import { rook } from './rook.ts';
import { traefik } from './traefik.ts';
import { verticalPodAutoscaler } from './vertical-pod-autoscaler.ts';

/** The newest Kubernetes minor that the rows were read for. Raise it only with the rows. */
export const REVIEWED_UP_TO: Minor = '1.37';

/** The shipped catalogue. */
export const ADDONS: readonly Addon[] = [
  argoCd,
  argoWorkflows,
  calico,
  certManager,
  cilium,
  envoyGateway,
  externalDns,
  externalSecrets,
  gpuOperator,
  ingressNginx,
  istio,
  keda,
  kured,
  kyverno,
  longhorn,
  metallb,
  metricsServer,
  prometheusOperator,
  rook,
  traefik,
  verticalPodAutoscaler,
];
