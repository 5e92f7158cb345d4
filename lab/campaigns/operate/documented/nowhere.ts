const NO_DOCKER =
  'The lab has neither Docker nor a registry: lab/step-images.sh makes its images from the same bundles.';

/** What nothing executes, and why; what comes nearest to it. */
export const NOWHERE: Readonly<Record<string, string>> = {
  'for step in detect gate plan preflight begin snapshot inventory rehearse prepare admit drain upgrade-node verify-node postflight finish report keep-snapshot reset plan-rollback ssh-key prove-ssh-key switch-ssh-key finish-operation doctor; do docker build -f src/steps/Dockerfile --build-arg STEP=$step -t registry.example.com/platform/argo-kubeadm-upgrade/$step:0.1.0 .; docker push registry.example.com/platform/argo-kubeadm-upgrade/$step:0.1.0; done':
    NO_DOCKER,
  'for step in $(ls -d src/steps/*/contract.ts | cut -d/ -f3); do docker build -f src/steps/Dockerfile --build-arg STEP=$step -t <images.repository>/$step:$VERSION .; docker push <images.repository>/$step:$VERSION; done':
    NO_DOCKER,
  'git add clusters dist && git commit': 'It would commit to the repository under test.',
  'kubectl apply -f argo/project.yaml -f argo/applicationset.yaml':
    "The lab has no Argo CD. test/argo/gitops.test.ts holds what both say; Argo CD's own comparison is part of this campaign.",
  'kubectl annotate namespace k8s-upgrade argo-kubeadm-upgrade.io/in-flight- argo-kubeadm-upgrade.io/target- argo-kubeadm-upgrade.io/started- argo-kubeadm-upgrade.io/snapshot-path- argo-kubeadm-upgrade.io/stopped- argo-kubeadm-upgrade.io/alert-baseline- argo-kubeadm-upgrade.io/pods-at-begin-':
    'No run of this release writes those annotations: there is nothing to remove.',
  "kubectl -n kube-system get configmap apiserver-oidc-restore -o jsonpath='{.data.restore\\.sh}' | sha256sum":
    'No lab is upgraded from 0.1.0. test/upgrade/host/restore-hook.test.ts executes it with a stub of kubectl; lab:nodes (hostile) sets the digest.',
  'for job in k8s-version-upgrade k8s-version-check k8s-version-last-run; do curl -fsS -X DELETE http://pushgateway.monitoring.svc:9091/metrics/job/$job; done':
    'No lab is upgraded from 0.1.0, so no Pushgateway has such groups.',
  'kubectl label node <name> node-restriction.kubernetes.io/pool=canary':
    'The lab names its canary in workers.canary.names. That a kubelet cannot set this label is shown by lab:nodes (hostile).',
  'npm run bench':
    'It starts every step for two minutes, and its ratios are exact only on a machine that is otherwise idle.',
  'npm run bench -- --write': 'It would write numbers of the machine of the lab into the repository under test.',
  '.ci/run':
    'It is all the stages of the other table, one after the other; what executes the tests is not executed by them.',
};

/** Backticks around a name of something that one could type, in a sentence about it (or against it); not there to be typed as it stands. */
export const MENTIONED: readonly string[] = [
  'kubectl annotate',
  'kubectl apply',
  'kubectl delete',
  'kubectl delete node',
  'kubeadm --patches',
  'kubeadm init',
  'kubeadm upgrade apply',
  'kubeadm upgrade apply v1.30.0',
  'kubeadm upgrade plan',
  'argo cron suspend',
  'argo resubmit --memoized',
  'argo resume',
  'argo retry',
  'argo retry -p …',
  'argo submit',
  'argo suspend',
  'argo terminate',
  'npm install',
  'npm run step -- <step>',
];
