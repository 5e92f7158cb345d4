import { aptPath, choice, listOf, login, proxyUrl, repositoryUrl, text } from './kinds.ts';
import { section, setting } from './kit.ts';

export const packages = section(
  'packages',
  'Where kubeadm, kubelet and kubectl come from. These values reach a shell on the nodes.',
  {
    repository: setting(repositoryUrl, {
      default: 'https://pkgs.k8s.io/core:/stable:',
      doc: 'Base URL of the package repository. The packages of minor 1.34 are under <repository>/v1.34/deb/. A mirror must have the same layout.',
    }),
    repositoryLogin: setting(login, {
      default: 'none',
      doc: 'How steps log in to the repository, by the key repository_login of the Secret. The repository must answer 404, not 403, for a minor that it does not have. A node has its login in its apt configuration.',
    }),
    source: setting(choice(['node', 'repository']), {
      default: 'node',
      doc: 'Source of the list of patches. node: apt on the first control-plane node. repository: the repository, over HTTP. The next minor is always looked for in the repository.',
    }),
    httpsProxy: setting(proxyUrl, {
      optional: true,
      example: 'http://proxy.example.com:3128',
      doc: 'Proxy through which the steps ask an https repository. Absent: they ask it directly. Nodes need a proxy of their own in their apt configuration.',
    }),
    noProxy: setting(
      listOf(
        text({
          pattern: '^(\\*|\\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9][0-9]{0,4})?)$',
          maxLength: 253,
          title: 'a host or a domain, such as mirror.example.com or .example.com',
        }),
      ),
      {
        default: [],
        example: ['.example.com'],
        doc: 'Hosts and domains that the steps ask without packages.httpsProxy.',
      },
    ),
    // apt reads *.list in the one-line format and *.sources as deb822, and in file names only these characters: sources.list(5).
    sourceFile: setting(aptPath('(list|sources)', '.list or .sources'), {
      default: '/etc/apt/sources.list.d/kubernetes.list',
      doc: 'File on every node that names the Kubernetes package repository to apt. Each upgrade writes the whole file: *.list in the one-line format, *.sources in deb822. If your file has another name, give it here, or apt reads both.',
    }),
    // The repository serves its key as text; apt takes that from *.asc only: sources.list(5), Signed-By.
    keyringFile: setting(aptPath('asc', '.asc'), {
      default: '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
      doc: 'File on every node that holds the signing key of the repository. The key is written as text, so the name ends in .asc.',
    }),
  },
);
