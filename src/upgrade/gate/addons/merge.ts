import { Pattern, patternProblem } from '../../../text/pattern/pattern.ts';
import { tryParseMinor, type Minor, type Source } from '../../kubernetes/releases.ts';
import { COMMON_TAG, compareDotted, parseDotted, tryParseDotted } from '../../kubernetes/dotted-version.ts';
import type { Addon, MatrixRow, Pin } from './addon.ts';

/** What an operator says of one addon in the cluster's settings; as text, the way the file has it. */
export interface AddonSetting {
  readonly name: string;
  /** Beside those of the catalogue. */
  readonly images?: readonly string[];
  readonly versionPattern?: string;
  /** Rows beside those of the catalogue; one with the same floor replaces it. */
  readonly matrix?: readonly RowSetting[];
  /** Whether its vendor names no Kubernetes versions. It wins over `matrix`. */
  readonly noMatrix?: boolean;
  readonly pin?: Pin;
  readonly required?: boolean;
}

interface RowSetting {
  readonly floor: string;
  readonly minimumKubernetes?: string;
  readonly maximumKubernetes: string;
}

interface Merged {
  readonly addons: readonly Addon[];
  /** Whole sentences; what they are about is not in `addons`. */
  readonly problems: readonly string[];
}

/** The catalogue with the operator's word on top. An addon that only the operator knows is added. */
export function mergeAddons(catalogue: readonly Addon[], settings: readonly AddonSetting[]): Merged {
  const names = settings.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, place) => names.indexOf(name) !== place))];
  const problems = [...twice.map((name) => `addons: ${name} is there twice.`), ...settings.flatMap(problemsOf)];
  const known = new Map(catalogue.map((addon) => [addon.name, addon]));
  const unknown = settings.filter(({ name, images }) => !known.has(name) && (images ?? []).length === 0);
  const all = [...problems, ...unknown.map(({ name }) => `addons: ${name} is not in the catalogue; give its images.`)];
  if (all.length > 0) return { addons: catalogue, problems: all };
  for (const setting of settings) known.set(setting.name, withSetting(known.get(setting.name), setting));
  return { addons: [...known.values()], problems: [] };
}

function problemsOf({ name, versionPattern, matrix, noMatrix }: AddonSetting): string[] {
  const rows = noMatrix === true ? [] : (matrix ?? []);
  const minors = rows.flatMap((row) => [row.maximumKubernetes, row.minimumKubernetes ?? row.maximumKubernetes]);
  return [
    ...(versionPattern === undefined ? [] : patternProblems(name, versionPattern)),
    ...rows.flatMap(({ floor }) =>
      tryParseDotted(floor) === undefined ? [`addons: floor "${floor}" of ${name} is not a version.`] : [],
    ),
    ...[...new Set(minors)].flatMap((minor) =>
      tryParseMinor(minor) === undefined ? [`addons: "${minor}" of ${name} is not a minor such as 1.36.`] : [],
    ),
  ];
}

function patternProblems(name: string, versionPattern: string): string[] {
  const wanted = `addons: versionPattern of ${name} is not a regular expression with one group for the version`;
  const problem = patternProblem(versionPattern);
  if (problem !== undefined) return [`${wanted}: ${problem}.`];
  return new Pattern(versionPattern).groupCount === 0 ? [`${wanted}.`] : [];
}

const ours = (name: string): Source => ({ url: `addons.${name} of the cluster's settings`, date: 'no date given' });

function withSetting(addon: Addon | undefined, setting: AddonSetting): Addon {
  const { name, images = [], versionPattern, pin, required } = setting;
  return {
    ...(addon ?? { name, range: 'supported', source: ours(name), matrix: 'not-reviewed' }),
    images: [...new Set([...(addon?.images ?? []), ...images])],
    versionPattern: versionPattern === undefined ? (addon?.versionPattern ?? COMMON_TAG) : new Pattern(versionPattern),
    ...matrixOf(addon, setting),
    ...(pin === undefined ? {} : { pin }),
    ...(required === undefined ? {} : { required }),
  };
}

function matrixOf(addon: Addon | undefined, { name, matrix, noMatrix }: AddonSetting): Partial<Pick<Addon, 'matrix'>> {
  if (noMatrix === true) return { matrix: 'none-published' };
  return matrix === undefined ? {} : { matrix: withRows(addon, matrix, ours(name)) };
}

function withRows(addon: Addon | undefined, matrix: readonly RowSetting[], source: Source): Addon['matrix'] {
  const rows = matrix.map((row): MatrixRow => {
    const { minimumKubernetes, maximumKubernetes } = row;
    return {
      floor: row.floor,
      ...(minimumKubernetes === undefined ? {} : { minimumKubernetes: minimumKubernetes as Minor }),
      maximumKubernetes: maximumKubernetes as Minor,
      source,
    };
  });
  const kept = typeof addon?.matrix === 'object' ? addon.matrix : [];
  return [...kept.filter((old) => !rows.some((row) => sameFloor(row, old))), ...rows];
}

const sameFloor = (a: MatrixRow, b: MatrixRow): boolean =>
  compareDotted(parseDotted(a.floor), parseDotted(b.floor)) === 0;
