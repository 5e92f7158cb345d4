import type { Outcome } from '../outcomes.ts';

/** One finding of the security review of November 2026. */
export interface SecurityFinding {
  readonly id: string;
  readonly severity: 'high' | 'medium' | 'low';
  readonly finding: string;
  /** Left out: open. */
  readonly outcome?: Outcome;
}

export const SECURITY_FINDINGS: readonly SecurityFinding[] = [
  {
    id: 'A1',
    severity: 'high',
    finding: 'Argo evaluates expressions in text that a step leaves behind.',
    outcome: {
      mended: 'No message, output or annotation that leaves a step holds two adjacent braces or `$(`.',
      tests: [
        { file: 'text/inert.test.ts', title: 'law: holds nothing that Argo, the kubelet or a terminal takes' },
        { file: 'steps/runtime/run-step.test.ts', title: 'leaves no text that Argo evaluates' },
        { file: 'steps/runtime/run-step.test.ts', title: 'in any output of any step' },
        { file: 'steps/guards/fence.test.ts', title: 'writes no mark that Argo would evaluate' },
        { file: 'synth/workflows.test.ts', title: 'puts nothing beside a reference' },
      ],
    },
  },
  {
    id: 'A2',
    severity: 'high',
    finding: 'Steps hold `patch` of every Deployment, which is worth cluster-admin.',
    outcome: {
      mended:
        'No step may write a Deployment. A Role per namespace allows the `scale` subresource of the Deployments that `controlPlane.quiesce` names; the record of their replicas is a key of a ConfigMap.',
      tests: [
        {
          file: 'synth/access.test.ts',
          title: 'scales the Deployments that the settings name, each by its name, and writes no other',
        },
        {
          file: 'steps/guards/quiesce.test.ts',
          title: 'that the settings do not name are never scaled, whatever is recorded',
        },
        {
          file: 'steps/adapters/kubernetes/deployments.test.ts',
          title: 'are never scaled to a number that no run of ours records',
        },
      ],
    },
  },
  {
    id: 'A3',
    severity: 'high',
    finding: 'An upgrade record that a worker writes on itself picks the version of the cluster.',
    outcome: {
      mended:
        'Static pods and records of control-plane nodes say what was begun. A record of a worker that none of them confirms is set aside and reported.',
      tests: [
        {
          file: 'steps/detect/decide.test.ts',
          title: 'takes no version from what a kubelet writes about its own worker',
        },
        { file: 'upgrade/node/control-plane.test.ts', title: 'changes with nothing that a worker writes' },
        {
          file: 'steps/ports/cluster.suite.ts',
          title: 'sets an upgrade record of a worker aside that names a newer version than every control-plane node',
        },
      ],
    },
  },
  {
    id: 'A4',
    severity: 'high',
    finding: 'Steps that mount the SSH key of all nodes prefer workers.',
    outcome: {
      mended:
        'They run only on nodes that `runners.withSshKey` selects, by default control-plane nodes. The steps of the only control-plane node run elsewhere.',
      tests: [
        {
          file: 'synth/placement.test.ts',
          title: 'runs only on nodes that runners.withSshKey selects: by default, on control-plane nodes',
        },
        {
          file: 'synth/credentials.test.ts',
          title: 'are the next key alone for the step that puts it into the Secret',
        },
        { file: 'cluster/schema.test.ts', title: 'runners.withSshKey.nodeSelector' },
      ],
    },
  },
  {
    id: 'A5',
    severity: 'high',
    finding: 'A ConfigMap in kube-system runs as root on every control-plane node.',
    outcome: {
      mended:
        'Nothing runs unless `controlPlane.restoreHook` names the ConfigMap and the SHA-256 of its script; the digest is compared before the first drain, before the node is changed, and on the node.',
      tests: [
        { file: 'steps/upgrade-node/upgrade-node.test.ts', title: 'that the settings do not name is not even read' },
        {
          file: 'steps/upgrade-node/upgrade-node.test.ts',
          title: 'that is another than the settings say stops the node before anything is begun on it',
        },
        {
          file: 'steps/preflight/decide.test.ts',
          title: 'halts on another script, and names both digests and the command that prints one',
        },
        {
          file: 'upgrade/host/restore-hook.test.ts',
          title: 'does not run when it is not the script of the settings, or did not arrive whole',
        },
        {
          file: 'upgrade/host/restore-hook.test.ts',
          title: 'is run by hand with the script of the settings, and with no other that is there by then',
        },
      ],
    },
  },
  {
    id: 'A6',
    severity: 'medium',
    finding: 'The exit handler dies when one Node cannot be read.',
    outcome: {
      mended:
        'Each answer that the exit handler asks for may fail or never come: it tells the rest and names what is missing.',
      tests: [
        { file: 'steps/finish/finish.test.ts', title: 'finish comes to its end whatever cannot be read' },
        { file: 'steps/finish/finish.test.ts', title: 'a node: tells of the others, and does not call it upgraded' },
        { file: 'steps/finish/finish.test.ts', title: 'an input that Argo or an operator left malformed' },
        { file: 'steps/report/report.test.ts', title: 'is told as not known, each for itself, when it fails' },
        { file: 'steps/ports/cluster.suite.ts', title: 'names a node that cannot be read, beside those that can' },
      ],
    },
  },
  {
    id: 'A7',
    severity: 'medium',
    finding: 'A failure does not end a fan-out.',
    outcome: {
      mended:
        'Every list runs one item at a time, and its template has `failFast`: no item begins after a failure. Several workers at once are one item, a batch.',
      tests: [
        {
          file: 'synth/workflows.test.ts',
          title: 'goes over a list in a template of its own, one item at a time, and ends the list after a failure',
        },
        {
          file: 'synth/workflows.test.ts',
          title: 'ends no node in the middle of its steps because another node fails',
        },
        {
          file: 'synth/workflows.test.ts',
          title: 'takes as many workers at once as the settings say: a batch ends before the next one begins',
        },
      ],
    },
  },
  {
    id: 'A8',
    severity: 'medium',
    finding: 'The reader of authorized_keys needs exponential time.',
    outcome: {
      mended: 'Options are read character by character, by the rules of sshd.',
      tests: [
        { file: 'upgrade/long-input.test.ts', title: 'authorized_keys with ' },
        {
          file: 'regexes.test.ts',
          title: 'a regular expression of the source needs linear time, or its bound is beside it',
        },
      ],
    },
  },
  {
    id: 'A9',
    severity: 'medium',
    finding: 'Host keys are not bound to one node.',
    outcome: {
      mended:
        'Each log-in proves the machine by the certificate of its kubelet and by its machine ID. Shared addresses, shared host keys and lines of another Node are refused.',
      tests: [
        { file: 'steps/adapters/ssh.test.ts', title: 'runs nothing there and remembers nothing: ' },
        { file: 'steps/ports/remote.suite.ts', title: 'runs nothing on a machine that is not proven to be the Node' },
        { file: 'steps/ports/remote.suite.ts', title: 'refuses a key that it holds for another Node' },
        {
          file: 'steps/adapters/known-hosts-file.test.ts',
          title: 'does not give a Node the line of another: one that ',
        },
        { file: 'upgrade/node/ssh-host.test.ts', title: 'are refused when two are the same, also as ' },
      ],
    },
  },
  {
    id: 'A10',
    severity: 'medium',
    finding: 'A timeout leaves kubeadm, kubelet and kubectl unheld.',
    outcome: {
      mended:
        'They are held before and after an installation, on every signal, by systemd after SIGKILL, by the next attempt and by a reset; half-configured packages are finished.',
      tests: [
        { file: 'upgrade/host/node-packages.test.ts', title: 'are held when timeout(1) ends the installation' },
        {
          file: 'upgrade/host/node-packages.test.ts',
          title: 'are held when SIGTERM ends the hold after the installation',
        },
        {
          file: 'upgrade/host/node-packages.test.ts',
          title: 'are held by the first command of the next attempt, which then has dpkg configure them',
        },
        {
          file: 'upgrade/host/node-job.test.ts',
          title: 'is followed by the hold of what it left unheld, however it ended',
        },
        {
          file: 'steps/prepare/prepare.test.ts',
          title: 'holds what an attempt that was cut off left unheld, and looks again, before it fetches anything',
        },
      ],
    },
  },
  {
    id: 'A11',
    severity: 'medium',
    finding: '`create` of Jobs in the namespace of the backup is worth root.',
    outcome: {
      mended:
        'The document says in both modes that this right is worth root, and advises a namespace of its own for the CronJob.',
      tests: [
        {
          file: 'scripts/service-accounts.test.ts',
          title: 'calls the right to create Jobs worth root, in either mode',
        },
      ],
    },
  },
  {
    id: 'A12',
    severity: 'medium',
    finding: 'A step can forge the outputs of another step.',
    outcome: {
      mended:
        'The limitation is that of Argo. `admit`, `drain`, `upgrade-node` and `verify-node` compare their target with the one that `begin` recorded; the document lists what each step asks again.',
      tests: [
        { file: 'steps/guards/own-target.test.ts', title: 'refuses any other: somebody forged the output of a step' },
      ],
    },
  },
  {
    id: 'A13 pods',
    severity: 'low',
    finding: 'Eighteen ServiceAccounts list the pods of the whole cluster.',
    outcome: {
      mended: 'Five steps list the pods of every namespace. All others list the pods of kube-system or of k8s-upgrade.',
      tests: [
        { file: 'synth/access.test.ts', title: 'lists the pods of every namespace only for steps that look at those' },
      ],
    },
  },
  {
    id: 'A13 namespace',
    severity: 'low',
    finding: '`patch` of the namespace can remove its Pod Security labels.',
    outcome: {
      mended: 'The marks of a run are keys of a ConfigMap. No step may write a Namespace.',
      tests: [
        { file: 'synth/access.test.ts', title: 'writes no Namespace' },
        {
          file: 'steps/adapters/kubernetes/marks.test.ts',
          title: 'are written by merge patch, and the Namespace is left alone',
        },
      ],
    },
  },
  {
    id: 'A13 lease',
    severity: 'low',
    finding: 'The document says that a Lease fences every change; two changes come before it.',
    outcome: {
      mended: 'The document names the two changes that come before the Lease.',
      tests: [{ file: 'scripts/service-accounts.test.ts', title: 'names the changes that come before the Lease' }],
    },
  },
  {
    id: 'A13 duration',
    severity: 'low',
    finding: 'The duration that one worker reports pauses every other worker.',
    outcome: {
      mended:
        'A duration counts for the node that remembers it. For another worker the median of at least three workers counts.',
      tests: [
        {
          file: 'steps/admit/admit.test.ts',
          title: 'pauses a worker by the duration that it claims itself, and asks the workers after it',
        },
        {
          file: 'upgrade/node/last-upgrade.test.ts',
          title: 'one worker changes nothing that is expected of another beyond what the others say',
        },
      ],
    },
  },
  {
    id: 'A13 canary',
    severity: 'low',
    finding: 'A worker can make itself the canary by its own labels.',
    outcome: {
      mended: 'The settings accept only labels that NodeRestriction keeps from kubelets.',
      tests: [{ file: 'cluster/read.test.ts', title: 'a kubelet can set the label of a canary on its own Node' }],
    },
  },
  {
    id: 'A13 containerd',
    severity: 'low',
    finding: 'The runtime version of a worker decides what control-plane nodes install.',
    outcome: {
      mended: 'The setting `nodes.containerdVersion` decides it.',
      tests: [
        {
          file: 'steps/upgrade-node/upgrade-node.test.ts',
          title: 'installs no containerd because of what workers run',
        },
      ],
    },
  },
  {
    id: 'A13 old key',
    severity: 'low',
    finding: 'A removed key still works through `authorized_keys2`.',
    outcome: {
      mended:
        'After the removal, the step offers the old public key to sshd of every node. The run fails where sshd still accepts it, and says where to look.',
      tests: [
        {
          file: 'steps/ssh-key/ssh-key.test.ts',
          title: 'fails where sshd reads the old key from another place',
        },
        { file: 'steps/ports/remote.suite.ts', title: 'tells by the public key alone whether sshd accepts a key' },
      ],
    },
  },
  {
    id: 'A13 yaml',
    severity: 'low',
    finding: 'A YAML alias in a configuration of a component ends a step as a bug.',
    outcome: {
      mended: 'One reader of YAML names the file and the reason for each text that the library gives up on.',
      tests: [
        {
          file: 'steps/adapters/long-input.test.ts',
          title: 'a configuration that the YAML library gives up on is named, with what is wrong',
        },
      ],
    },
  },
  {
    id: 'A13 quadratic',
    severity: 'low',
    finding: 'Readers need quadratic or cubic time for long inputs.',
    outcome: {
      mended:
        'Readers are linear, answers are limited in size, and a pattern of the settings has a matcher of its own. recheck finds each regular expression linear, or a comment beside it names its bound.',
      tests: [
        {
          file: 'regexes.test.ts',
          title: 'a regular expression of the source needs linear time, or its bound is beside it',
        },
        { file: 'regexes.test.ts', title: 'a pattern of the schema needs linear time' },
        { file: 'upgrade/long-input.test.ts', title: 'inputs of 4 MB are read in linear time' },
        { file: 'steps/adapters/long-input.test.ts', title: 'inputs of 10 MB from outside are read in linear time' },
        { file: 'text/pattern.test.ts', title: 'is matched in linear time, whatever it is' },
      ],
    },
  },
  {
    id: 'A13 lists lock',
    severity: 'low',
    finding: '`apt-get update` does not wait for the lock of the package lists.',
    outcome: {
      mended: 'Every apt and dpkg command is tried again for up to 600 s while another package manager holds a lock.',
      tests: [
        {
          file: 'upgrade/host/node-packages.test.ts',
          title: "is waited for where apt's lists are locked, as DPkg::Lock::Timeout does not",
        },
      ],
    },
  },
  {
    id: 'A13 needrestart',
    severity: 'low',
    finding: 'needrestart restarts services after an installation.',
    outcome: {
      mended: 'Every script that calls apt or dpkg exports `NEEDRESTART_SUSPEND=1`.',
      tests: [
        {
          file: 'upgrade/host/node-packages.test.ts',
          title: 'are installed without being unheld before, and are held afterwards',
        },
      ],
    },
  },
  {
    id: 'A13 log-in',
    severity: 'low',
    finding: '`requiretty` in sudoers and a fish log-in shell end a step without their reason.',
    outcome: {
      mended:
        'A script goes to a node as base64, so every log-in shell reads the same line. `requiretty` and each other refusal of sudo and of sudo-rs are named with their remedy.',
      tests: [
        {
          file: 'steps/adapters/ssh.test.ts',
          title: 'sends no character that fish or csh reads otherwise than sh, whatever the script',
        },
      ],
    },
  },
  {
    id: 'A13 workflows',
    severity: 'low',
    finding: 'Actions in CI are pinned by tag, and checkouts keep credentials.',
    outcome: {
      mended:
        'Every action is named by the hash of a commit, no checkout keeps credentials, each job names its rights, and images carry an SBOM and a signed provenance.',
      tests: [
        {
          file: 'workflow-files.test.ts',
          title: 'use every action by the full hash of a commit, with its version beside it',
        },
        { file: 'workflow-files.test.ts', title: 'leave no credentials in a checkout' },
        { file: 'workflow-files.test.ts', title: 'give a token no right but those that its job names' },
        { file: 'workflow-files.test.ts', title: 'attach an SBOM and a signed provenance to every image' },
      ],
    },
  },
  {
    id: 'A13 units',
    severity: 'low',
    finding: 'A message holds the name of a unit as the node spells it, for an operator to paste.',
    outcome: {
      mended:
        'A list of units with a name that is no plain word of this project is refused as a whole, with the name escaped.',
      tests: [
        {
          file: 'upgrade/host/node-job.test.ts',
          title: 'or not, where a unit has a name that a shell would not take as one word',
        },
      ],
    },
  },
  {
    id: 'E',
    severity: 'low',
    finding: 'Large inputs crash a reader: a YAML bomb, one line of 10 MB.',
    outcome: {
      mended: 'Texts from outside are limited in length and depth before they are parsed.',
      tests: [
        { file: 'steps/adapters/long-input.test.ts', title: 'aliases of aliases' },
        { file: 'upgrade/long-input.test.ts', title: 'escaped quotes' },
        { file: 'text/redact.test.ts', title: 'reads the beginning of 10 MB of' },
      ],
    },
  },
  {
    id: 'F',
    severity: 'low',
    finding: '`finish` receives the failures as one environment variable of at most 131,071 bytes.',
    outcome: {
      mended: '`finish` and `report` read the failures from the Workflow object, and quote at most ten of them.',
      tests: [
        { file: 'steps/adapters/kubernetes/runs.test.ts', title: 'reads what failed of a run, attempts included' },
        { file: 'run/failures.test.ts', title: 'are quoted up to a bound, of three hundred' },
        { file: 'steps/runtime/run-step.test.ts', title: 'of more than one variable of a process can hold' },
      ],
    },
  },
];
