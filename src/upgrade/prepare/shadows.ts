import { permanent, textsAfter, type Problem, type ScriptLine } from './script-output.ts';

/** Where the packages install their programs. */
const PACKAGED = '/usr/bin';
const TOOLS = ['kubeadm', 'kubelet', 'kubectl', 'crictl'];

/** Finds programs that a shell, or the kubelet's unit, runs instead of the programs of the packages. */
export const SHADOW_SCRIPT: readonly string[] = [
  `for tool in ${TOOLS.join(' ')}; do`,
  '  for folder in /usr/local/sbin /usr/local/bin /usr/sbin; do',
  `    [ ! -x "$folder/$tool" ] || [ "$folder/$tool" -ef "${PACKAGED}/$tool" ] || say shadow "$tool" "$folder/$tool"`,
  '  done',
  'done',
  `unit=$(systemctl show kubelet --property ExecStart 2>/dev/null | sed -n 's/^.*path=\\([^ ;]*\\).*$/\\1/p' | head -n 1)`,
  `[ -z "$unit" ] || [ "$unit" -ef ${PACKAGED}/kubelet ] || say shadow kubelet-unit "$unit"`,
];

export interface Shadow {
  readonly tool: string;
  readonly path: string;
}

export const parseShadows = (lines: readonly ScriptLine[]): Shadow[] =>
  textsAfter(lines, 'shadow').map((rest) => {
    const [tool = '', path = ''] = rest.split(' ');
    return { tool, path };
  });

const PACKAGE_MATTERS = ['kubeadm', 'kubelet', 'kubelet-unit'];

/**
 * Returns a problem for each old kubeadm or kubelet that runs instead of the package. It would fail the upgrade on a
 * drained node.
 */
export function shadowProblems(node: string, shadows: readonly Shadow[]): Problem[] {
  return shadows
    .filter(({ tool }) => PACKAGE_MATTERS.includes(tool))
    .map(({ tool, path }) =>
      permanent(
        tool === 'kubelet-unit'
          ? `The unit kubelet.service on ${node} runs ${path}, expected ${PACKAGED}/kubelet of the package. An upgrade of the package would not change it. See: systemctl cat kubelet`
          : `${path} on ${node} hides ${PACKAGED}/${tool} of the package. The upgrade would run the old program. Move it away there: mv ${path} ${path}.old`,
      ),
    );
}

/** Returns sentences about programs that the upgrade itself does not need. */
export const shadowWarnings = (node: string, shadows: readonly Shadow[]): string[] =>
  shadows
    .filter(({ tool }) => !PACKAGE_MATTERS.includes(tool))
    .map(
      ({ tool, path }) =>
        `${path} on ${node} hides ${PACKAGED}/${tool} of the package, and stays at its version after the upgrade.`,
    );
