import type { repositoryInputs } from '../../contract/run-context.ts';
import type { ValuesOf } from '../../contract/step-contract.ts';
import { systemClock } from '../adapters/clock.ts';
import { packageRepository } from '../adapters/packages.ts';
import type { PackageRepository } from '../ports/packages.ts';
import type { Tools } from '../runtime/run-step.ts';
import { credentialsOf } from '../runtime/server-login.ts';

export const packagesClient = (
  { repository, httpsProxy, noProxy, repositoryTimeoutSeconds }: ValuesOf<typeof repositoryInputs>,
  { log, signal }: Tools,
): PackageRepository =>
  packageRepository({
    repository,
    httpsProxy,
    noProxy,
    timeoutSeconds: repositoryTimeoutSeconds,
    credentials: credentialsOf('repository'),
    clock: systemClock(signal),
    log,
    signal,
  });
