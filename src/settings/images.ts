import { choice, listOf, objectName, text } from './kinds.ts';
import { requiredSection, setting } from './kit.ts';

export const images = requiredSection('images', 'Where the images of the steps are.', {
  repository: setting(
    text({
      // https://github.com/distribution/reference/blob/main/reference.go; the registry is required, so that no runtime guesses one.
      pattern:
        '^(localhost|[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?((\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+|(?=:)))(:[1-9][0-9]{0,4})?(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)+$',
      maxLength: 200,
      title:
        'an image repository with its registry and without a tag, such as registry.example.com/platform/argo-kubeadm-upgrade',
    }),
    {
      required: true,
      example: 'registry.example.com/platform/argo-kubeadm-upgrade',
      doc: 'Repository with one image per step below it: <repository>/<step>:<tag>.',
    },
  ),
  tag: setting(text({ pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$', title: 'an image tag, such as 0.1.0' }), {
    optional: true,
    example: '0.1.0',
    doc: 'Tag of every step image. Absent: the version of this package.',
  }),
  digests: setting(
    listOf(
      text({
        pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?@sha256:[0-9a-f]{64}$',
        title:
          'a step and the digest of its image, such as drain@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      }),
    ),
    {
      default: [],
      doc: 'Pins each image to its content, as the release names it: drain@sha256:…, and one such entry for every step. Empty: no image is pinned.',
    },
  ),
  architectures: setting(
    // The deb packages of Kubernetes: https://build.opensuse.org/repositories/isv:kubernetes:core:prerelease:v1.34:build
    listOf(choice(['amd64', 'arm64', 'ppc64le', 's390x']), { minItems: 1 }),
    {
      default: ['amd64'],
      doc: 'Architectures of the images, as in the label kubernetes.io/arch. Steps run on no other nodes.',
    },
  ),
  pullPolicy: setting(choice(['IfNotPresent', 'Always']), {
    default: 'IfNotPresent',
    doc: 'When a node pulls a step image: IfNotPresent or Always.',
  }),
  pullSecrets: setting(listOf(objectName), {
    default: [],
    example: ['registry'],
    doc: 'Names of Secrets in the namespace k8s-upgrade that hold the credentials of the registry.',
  }),
});
