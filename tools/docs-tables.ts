/**
 * Writes the generated tables of README.md, docs/detection.md, docs/containment.md and docs/governance.md from catalogs, rules and the ladder, between their markers.
 * `node --import tsx tools/docs-tables.ts` writes; with `--check` it only says whether the tables are current.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { CAPABILITY_IDS, findCapabilityDefinition } from '../lib/core/capability';
import type { Catalog } from '../lib/core/catalog';
import { DETECTION_RULES } from '../lib/core/detection/rules';
import { MaturityLevel } from '../lib/core/enums';
import { FRAMES, LADDER } from '../lib/core/governance/ladder';

const README = 'README.md';
const DETECTION = 'docs/detection.md';
const CONTAINMENT = 'docs/containment.md';
const GOVERNANCE = 'docs/governance.md';
const TITLES: Readonly<Record<string, string>> = { aws: 'AWS', azure: 'Azure', gcp: 'GCP' };

/** The clouds, found by their catalogs. */
export function readCatalogs(): readonly Catalog[] {
  return readdirSync('lib')
    .map((folder) => `lib/${folder}/catalog/capabilities.json`)
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Catalog);
}

function capabilityTable(catalogs: readonly Catalog[]): string {
  const head = ['capability', 'level', ...catalogs.map(({ cloud }) => TITLES[cloud] ?? cloud)];
  const rows = CAPABILITY_IDS.map((id) => {
    const { level } = findCapabilityDefinition(id);
    return [`\`${id}\``, level, ...catalogs.map((catalog) => kindsOf(catalog, id))];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What the capability can be bound to, or that it is a gap. */
function kindsOf(catalog: Catalog, id: string): string {
  const grants = catalog.capabilities[id]?.grants;
  if (!grants) return '–';
  const kinds = [...new Set(grants.filter((grant) => !grant.optional).flatMap((grant) => grant.kinds))];
  return kinds.map((kind) => catalog.kinds[kind]?.title ?? kind).join(', ');
}

function gapTable(catalogs: readonly Catalog[]): string {
  const rows = catalogs.flatMap((catalog) =>
    CAPABILITY_IDS.flatMap((id) => {
      const gap = catalog.capabilities[id]?.unsupported;
      return gap ? [[`\`${id}\``, TITLES[catalog.cloud] ?? catalog.cloud, gap.reason, gap.nearest]] : [];
    }),
  );
  const head = ['capability', 'cloud', 'why not', 'nearest'];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function ruleTable(): string {
  const rows = Object.entries(DETECTION_RULES).map(([id, { signal, basis, severity, response, means }]) =>
    [`\`${id}\``, `\`${signal}\``, basis, severity, response, means].join(' | '),
  );
  return ['rule | signal | basis | severity | recommended | what it is', '--- | --- | --- | --- | --- | ---', ...rows]
    .map((row) => `| ${row} |`)
    .join('\n');
}

/** The README with its tables as the catalogs say now. */
export function withTables(readme: string, catalogs: readonly Catalog[]): string {
  return filled(README, readme, { capabilities: capabilityTable(catalogs), gaps: gapTable(catalogs) });
}

/** The page about detection with its table as the rules are now. */
export function withRules(page: string): string {
  return filled(DETECTION, page, { rules: ruleTable() });
}

/** How long a part of stopping an agent takes; `lib/<cloud>/catalog/stops.json`. */
interface StopTimes {
  readonly steps: readonly {
    readonly part: string;
    readonly when: string;
    /** Seconds, or null where no figure is published. */
    readonly usual: number | null;
    readonly longest: number | null;
    readonly source: string;
    readonly confirmed: boolean;
    readonly note: string;
  }[];
}

function stopTable(): string {
  const rows = readCatalogs().flatMap(({ cloud }) => {
    const { steps } = JSON.parse(readFileSync(`lib/${cloud}/catalog/stops.json`, 'utf8')) as StopTimes;
    return steps.map(({ part, when, usual, longest, source, confirmed, note }) => {
      const page = `[${confirmed ? 'page' : 'page, figure not confirmed'}](${source})`;
      return [TITLES[cloud] ?? cloud, when, part, inWords(usual), inWords(longest), `${note} (${page})`].join(' | ');
    });
  });
  return ['cloud | stage | part | usually | at most | why', '--- | --- | --- | --- | --- | ---', ...rows]
    .map((row) => `| ${row} |`)
    .join('\n');
}

function inWords(seconds: number | null): string {
  if (seconds === null) return 'not said';
  if (seconds === 0) return 'at once';
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`;
}

/** The page about containment with its table of times as the catalogs say now. */
export function withStops(page: string): string {
  return filled(CONTAINMENT, page, { stops: stopTable() });
}

/** What a cloud's posture says that it cannot show; `lib/policy/<cloud>/posture/facts.json`, where there is such a thing. */
interface PostureFacts {
  readonly cloud: string;
  /** Reason by control. */
  readonly unsupported: Readonly<Record<string, string>>;
  /** Control that stands in for it, by control. */
  readonly instead: Readonly<Record<string, string>>;
}

/** The clouds, found by their postures. */
function readPostures(): readonly PostureFacts[] {
  return readdirSync('lib/policy')
    .filter((cloud) => existsSync(`lib/policy/${cloud}/posture`))
    .map((cloud) => {
      const file = `lib/policy/${cloud}/posture/facts.json`;
      const facts = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<PostureFacts>) : {};
      return { cloud, unsupported: facts.unsupported ?? {}, instead: facts.instead ?? {} };
    });
}

/** One line for each level: how many controls, and how many of them each cloud shows. */
function levelLines(clouds: readonly PostureFacts[]): string {
  const levels = [...new Set(LADDER.map(({ level }) => level))];
  return levels
    .map((level) => {
      const own = LADDER.filter((control) => control.level === level);
      const counts = clouds.map(({ cloud, unsupported }) => {
        const cannot = own.filter(({ id }) => unsupported[id] !== undefined).length;
        return `${TITLES[cloud] ?? cloud} ${own.length - cannot} shown${cannot > 0 ? `, ${cannot} unsupported` : ''}`;
      });
      return `- \`${MaturityLevel[level]}\`: ${own.length} controls. ${counts.join('; ')}.`;
    })
    .join('\n');
}

function ladderTable(clouds: readonly PostureFacts[]): string {
  const head = ['level', 'control', 'question', ...clouds.map(({ cloud }) => TITLES[cloud] ?? cloud)];
  const rows = LADDER.map(({ level, id, question }) => [
    `\`${MaturityLevel[level]}\``,
    `\`${id}\``,
    question,
    ...clouds.map((facts) => shownOn(facts, id)),
  ]);
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function shownOn({ unsupported, instead }: PostureFacts, control: string): string {
  const reason = unsupported[control];
  if (reason === undefined) return 'shown';
  const other = instead[control];
  return `unsupported: ${reason}${other === undefined ? '' : ` (instead: \`${other}\`)`}`;
}

function frameTable(): string {
  const rows = Object.entries(FRAMES).map(([id, { title, version, source, checked, confirmed, note, refs }]) =>
    [
      `\`${id}\``,
      `[${title}](${source})`,
      version,
      String(Object.keys(refs).length),
      `${checked}, ${confirmed ? 'confirmed' : 'not confirmed'}${note === undefined ? '' : `. ${note}`}`,
    ].join(' | '),
  );
  return ['frame | title | version | references | checked', '--- | --- | --- | --- | ---', ...rows].map((row) => `| ${row} |`).join('\n');
}

/** The page about governance with its tables as the ladder, its frames and the postures of the clouds say now. */
export function withLadder(page: string): string {
  const clouds = readPostures();
  return filled(GOVERNANCE, page, { levels: levelLines(clouds), ladder: ladderTable(clouds), frames: frameTable() });
}

function filled(file: string, before: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const block = new RegExp(`(<!-- ${name}: generated by tools/docs-tables.ts -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!block.test(text)) throw new Error(`${file} lacks the markers of table '${name}'`);
    return text.replace(block, (_all, open: string, close: string) => `${open}${table}\n${close}`);
  }, before);
}

if (require.main === module) {
  const tables: Readonly<Record<string, (text: string) => string>> = {
    [README]: (text) => withTables(text, readCatalogs()),
    [DETECTION]: withRules,
    [CONTAINMENT]: withStops,
    [GOVERNANCE]: withLadder,
  };
  for (const [file, make] of Object.entries(tables)) {
    const before = readFileSync(file, 'utf8');
    const after = make(before);
    if (process.argv.includes('--check') && after !== before) {
      process.stderr.write(`the tables of ${file} are not current; run: node --import tsx tools/docs-tables.ts\n`);
      process.exitCode = 1;
    } else {
      writeFileSync(file, after);
    }
  }
}
