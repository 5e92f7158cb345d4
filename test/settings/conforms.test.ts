import { Ajv } from 'ajv';
import { expect } from 'chai';
import { SETTINGS } from '../../src/settings/cluster.ts';
import { conforms } from '../../src/settings/conforms.ts';
import { restoreHook } from '../../src/settings/control-plane.ts';
import { isDate, isHttpAddress, isTimezone } from '../../src/settings/formats.ts';
import { isNetwork } from '../../src/upgrade/node/ip-address.ts';
import { isSection, object, type Members, type Setting } from '../../src/settings/kit.ts';
import { exclude } from '../../src/settings/nodes.ts';
import { sshAddress } from '../../src/settings/ssh.ts';

const settingsBelow = (members: Members): Setting<unknown>[] =>
  Object.values(members).flatMap((member) => (isSection(member) ? settingsBelow(member.members) : [member]));

const { windows, freezes, timezone } = SETTINGS.maintenance.members;
const WINDOW = { days: ['mon'], start: '23:00', end: '06:00' };
const FREEZE = { from: '2026-12-20', to: '2027-01-04', reason: 'holidays' };

const KINDS = {
  maintenance: object({ timezone, windows, freezes }).schema,
  addons: SETTINGS.compatibility.members.addons.schema,
  exclude: exclude.schema,
  address: sshAddress.schema,
  hook: restoreHook.schema,
  ports: SETTINGS.network.members.apiServerPorts.schema,
  count: SETTINGS.drain.members.timeoutSeconds.schema,
};

const VALUES: readonly unknown[] = [
  ...[undefined, null, true, 5, 59, 60, 60.5, 'a', '', [], {}, [[]], [null]],
  ...[[443], [443, 443], [0], ['443'], [1.5]],
  { timezone: 'UTC', windows: [WINDOW], freezes: [FREEZE] },
  { timezone: 'Europe/Bonn', windows: [], freezes: [] },
  { timezone: 'UTC', windows: [{ ...WINDOW, end: '24:00' }], freezes: [] },
  { timezone: 'UTC', windows: [{ ...WINDOW, days: [] }], freezes: [] },
  { timezone: 'UTC', windows: [{ ...WINDOW, days: ['mon', 'mon'] }], freezes: [] },
  { timezone: 'UTC', windows: [], freezes: [{ ...FREEZE, to: '2026-02-30' }] },
  { timezone: 'UTC', windows: [], freezes: [{ ...FREEZE, reason: '{{x}}' }] },
  { timezone: 'UTC', windows: [], freezes: [], more: 1 },
  ...[[{ name: 'a' }], [{ name: 'A' }], [{ name: 'a', pin: {} }], [{ name: 'a', constructor: 1 }], [{ pin: 1 }]],
  ...[{ names: [], labels: [], kinds: [] }, { names: [], labels: ['a'], kinds: [] }, { names: ['a'.repeat(254)] }],
  ...[{ type: 'InternalIP', cidrs: ['10.0.0.0/8'] }, { type: 'InternalIP', cidrs: ['10.0.0.1/8'] }, { type: 'IP' }],
  ...[{ configMap: 'a/b', sha256: '0'.repeat(64) }, { configMap: 'a/b', sha256: '0' }, { configMap: 'a/b' }],
];

describe('a value that travels as JSON', () => {
  const ajv = new Ajv({
    formats: { cron: true, timezone: isTimezone, cidr: isNetwork, date: isDate, 'http-address': isHttpAddress },
  });

  /** ajv does not ask for what has a default, since it fills that in. */
  const complete = (schema: object): object => {
    const {
      properties = {},
      required = [],
      items,
      ...rest
    } = schema as {
      properties?: Record<string, object>;
      required?: readonly string[];
      items?: object;
    };
    const withDefault = Object.keys(properties).filter((key) => 'default' in (properties[key] ?? {}));
    return {
      ...rest,
      ...(items === undefined ? {} : { items: complete(items) }),
      ...(Object.keys(properties).length === 0
        ? {}
        : {
            properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, complete(each)])),
            required: [...required, ...withDefault],
          }),
    };
  };

  for (const [name, schema] of Object.entries(KINDS))
    it(`is taken and refused as ajv does: ${name}`, () => {
      const check = ajv.compile(complete(schema));
      const verdicts = VALUES.map((value) => [JSON.stringify(value), conforms(schema, value)]);
      expect(verdicts).to.deep.equal(VALUES.map((value) => [JSON.stringify(value), check(value)]));
      expect(verdicts.filter(([, fits]) => fits === true)).to.not.be.empty;
    });

  it('may be every default of a setting', () => {
    const defaults = settingsBelow(SETTINGS).filter(
      ({ default: value, schema }) => value !== undefined && schema.format !== 'cron',
    );
    const wrong = defaults.filter(({ schema, default: value }) => !conforms(schema, value));
    expect(defaults.length).to.be.greaterThan(100);
    expect(wrong.map(({ doc }) => doc)).to.deep.equal([]);
  });
});
