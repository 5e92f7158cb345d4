import { expect } from 'chai';
import type { Checkup } from '../../../src/steps/ports/checkup.ts';
import type { Permission } from '../../../src/run/permission.ts';
import { known, type Reading } from '../../../src/upgrade/reading.ts';

export interface CheckupWorld {
  readonly checkup: Checkup;
  /** Where things are added. */
  readonly namespace: string;
  /** Allows the first permission and not the second. No other rule mentions them. */
  readonly permit: (allowed: Permission, denied: Permission) => Promise<void>;
  readonly addSecret: (name: string, keys: Readonly<Record<string, string>>) => Promise<void>;
  readonly addCronJob: (name: string, suspended: boolean) => Promise<void>;
  readonly addController: (image: string, executor: 'restricted' | 'as it comes') => Promise<void>;
  readonly end: () => Promise<void>;
}

export function describeCheckup(name: string, make: () => Promise<CheckupWorld>): void {
  describe(`Checkup: ${name}`, () => {
    let world: CheckupWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());
    const valueOf = <T>(reading: Reading<T>): T => (reading.known ? reading.value : expect.fail(reading.reason));

    it('finds no Deployment that an older release left at 0 where there is none', async () => {
      const left = valueOf(await world.checkup.leftAtZero());
      expect(left.filter(({ namespace }) => namespace === world.namespace)).to.deep.equal([]);
    });

    it('tells what somebody may from what not', async () => {
      const permission = (serviceAccount: string): Permission => ({
        ...{ serviceAccount, verb: 'get' },
        what: { apiGroup: '', resource: 'configmaps', namespace: world.namespace, name: 'notes' },
      });
      await world.permit(permission('reader'), permission('stranger'));
      const answers = await world.checkup.allowed([permission('stranger'), permission('reader')]);
      expect(answers).to.have.deep.members([
        { permission: permission('reader'), allowed: known(true) },
        { permission: permission('stranger'), allowed: known(false) },
      ]);
      expect(await world.checkup.allowed([])).to.deep.equal([]);
    });

    it('knows the kinds of Argo by their plurals', async () => {
      const resources = valueOf(await world.checkup.argoResources());
      expect(resources).to.include.members(['cronworkflows', 'workflows', 'workflowtaskresults', 'workflowtemplates']);
    });

    for (const executor of ['restricted', 'as it comes'] as const)
      it(`finds a controller wherever it is, with its image, and an executor that is ${executor}`, async () => {
        const image = 'nowhere.invalid/argoproj/workflow-controller:v4.1.4';
        await world.addController(image, executor);
        const { namespace } = world;
        expect(
          valueOf(await world.checkup.argoControllers()).filter((each) => each.namespace === namespace),
        ).to.deep.equal([{ namespace, image, restrictedExecutor: known(executor === 'restricted') }]);
      });

    it('reads what a Secret holds, and knows one that is not there', async () => {
      await world.addSecret('creds', { ssh_key: 'KEY\n', empty: '' });
      expect(valueOf(await world.checkup.secret('creds'))).to.deep.equal(
        new Map([
          ['ssh_key', 'KEY\n'],
          ['empty', ''],
        ]),
      );
      expect(await world.checkup.secret('others')).to.deep.equal(known(undefined));
    });

    it('knows a CronJob, whether it is suspended, and one that is not there', async () => {
      await world.addCronJob('rests', true);
      await world.addCronJob('works', false);
      const { checkup, namespace } = world;
      expect(await checkup.cronJob(namespace, 'rests')).to.deep.equal(known({ suspended: true }));
      expect(await checkup.cronJob(namespace, 'works')).to.deep.equal(known({ suspended: false }));
      expect(await checkup.cronJob(namespace, 'nowhere')).to.deep.equal(known(undefined));
    });
  });
}
