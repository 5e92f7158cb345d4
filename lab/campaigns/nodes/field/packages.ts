import { must, onNode } from '../../../kit/commands.ts';
import { holdingLease } from '../../../kit/namespace.ts';
import { check } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { LATER, NEXT, RUNNING } from '../cluster.ts';
import {
  deb822Only,
  expiredKey,
  failingHook,
  heldCriTools,
  LIST,
  newerKubectl,
  noList,
  secondSource,
  shadow,
} from './package-quirks.ts';
import { checkStep, EVERY_NODE, NO_CORDON, type Quirk, REFUSED, step, tasks, withQuirks } from './steps.ts';

const PACKAGES = `kubeadm, kubelet and kubectl ${NEXT}`;
export const SOURCES = '/etc/apt/sources.list.d/kubernetes.sources';

const clash = (node: string, file: string): readonly string[] => [
  `${node}: ${file} names the same repository with another key: E: Conflicting values set for option Signed-By regarding source http://10.210.0.1:8080/core:/stable:/v1.34/deb/ /: `,
  `Once the upgrade has written ${LIST}, every apt command would fail there. To mend it, set packages.sourceFile: ${file}, or take that repository out of ${file}.`,
];

const hides = (node: string, tool: string): string =>
  `/usr/local/bin/${tool} on ${node} hides /usr/bin/${tool} of the package. The upgrade would run the old program. Move it away there: mv /usr/local/bin/${tool} /usr/local/bin/${tool}.old`;

/** Two rounds of quirks that a job would meet on a drained node, one for each node at a time. */
const ROUNDS: readonly { readonly quirks: readonly Quirk[]; readonly says: readonly string[] }[] = [
  {
    quirks: [
      shadow('cp1', 'kubeadm'),
      secondSource('w1', 'k8s.sources'),
      noList('w1'),
      heldCriTools('w2'),
      shadow('w2', 'kubelet'),
    ],
    says: [
      hides('cp1', 'kubeadm'),
      ...clash('w1', '/etc/apt/sources.list.d/k8s.sources'),
      hides('w2', 'kubelet'),
      `w2 cannot fetch ${PACKAGES}: kubeadm : Depends: cri-tools (>= 1.30.0) but 1.29.0-1.1 is to be installed E: Unable to correct problems, you have held broken packages. See which packages are held there: apt-mark showhold`,
    ],
  },
  {
    quirks: [failingHook('cp1', 'DPkg::Pre-Invoke'), secondSource('w1', 'a-name.list'), newerKubectl('w2')],
    says: [
      `A rehearsal of the installation of ${PACKAGES} failed on cp1, so the upgrade would fail there as well: E: Problem executing scripts DPkg::Pre-Invoke 'echo no space; exit 1' E: Sub-process returned an error code`,
      ...clash('w1', '/etc/apt/sources.list.d/a-name.list'),
      `kubectl ${LATER}-1.1 on w2 is newer than ${NEXT}-1.1, which the upgrade installs, and an upgrade downgrades no package. Downgrade it there: apt-get install --allow-downgrades --allow-change-held-packages kubectl=${NEXT}-1.1 && apt-mark hold kubeadm kubelet kubectl`,
    ],
  },
];

/** `prepare` meets with the real apt what a job would meet on a drained node. */
export const metBefore: Scenario = async () => {
  await must('lab/publish.sh', ['--only', `v${RUNNING}`, `v${NEXT}`, `v${LATER}`]);
  for (const [place, { quirks, says }] of ROUNDS.entries())
    await withQuirks(quirks, () =>
      holdingLease(async () => {
        const end = await step('prepare', EVERY_NODE);
        checkStep(`prepare, round ${place + 1}`, end, { exit: REFUSED, says: [...says, NO_CORDON] });
      }),
    );
};

/** Situations that stop no upgrade. */
export const noneOfThese: Scenario = async () => {
  const hooks = ['cp1', 'w1', 'w2'].map((node) => failingHook(node, 'APT::Update::Post-Invoke-Success'));
  await withQuirks([...hooks, expiredKey('cp1'), shadow('w1', 'kubectl')], () =>
    holdingLease(async () => {
      const detected = await step('detect', { REQUESTED_TARGET: NEXT });
      checkStep('detect', detected, {
        says: [
          'Warning: the key on cp1 does not verify its Kubernetes repository, the key that the repository serves does. An upgrade replaces the key.',
          `upgrade: v${NEXT} was asked for.`,
        ],
      });
      const apt = 'apt-get update -o APT::Update::Error-Mode=any 2>&1 || true';
      const complaint = /EXPKEYSIG/.exec(await onNode('cp1', apt))?.[0] ?? 'no complaint';
      check('… what apt on cp1 says of its own key', 'EXPKEYSIG', complaint);
      checkStep('prepare', await step('prepare', EVERY_NODE), {
        says: [
          'Warning: /usr/local/bin/kubectl on w1 hides /usr/bin/kubectl of the package, and stays at its version after the upgrade.',
          `3 nodes are ready for v${NEXT}.`,
        ],
      });
    }),
  );
};

/** Nodes that have the repository in a deb822 file alone. */
export const deb822Nodes: Scenario = () =>
  withQuirks([deb822Only('cp1', SOURCES), deb822Only('w1', SOURCES)], () =>
    holdingLease(async () => {
      const named = { SOURCE_FILE: SOURCES };
      const detected = await step('detect', { REQUESTED_TARGET: NEXT, ...named });
      checkStep(`detect with packages.sourceFile: ${SOURCES}`, detected, {
        says: [`upgrade: v${NEXT} was asked for.`],
      });
      const prepared = await step('prepare', { ...tasks('w1'), ...named });
      checkStep('… prepare of w1', prepared, { says: [`1 node is ready for v${NEXT}.`] });
      checkStep(`detect with packages.sourceFile: ${LIST}`, await step('detect'), {
        exit: REFUSED,
        says: [
          `cp1 has no ${LIST}, which packages.sourceFile names. A Kubernetes repository is named there by: ${SOURCES}. Set packages.sourceFile to the file of that repository, or packages.source: repository.`,
        ],
      });
    }),
  );
