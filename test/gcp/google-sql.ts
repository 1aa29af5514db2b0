import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { ZetaSQLClient } from '@fivetrandevelopers/zetasql';
import facts from '../../lib/gcp/catalog/monitoring.json';

/** A type of a column: its name, `[type]` for an array, or the fields of a struct. */
type Type = string | readonly [Type] | { readonly [field: string]: Type };
type Value = unknown;
export type Row = Readonly<Record<string, string | number | boolean | null>>;

interface Report {
  readonly header: object;
}
/** Calls of the service that the client has no method for. */
interface Service {
  readonly evaluateQuery: (request: object, done: (error: Error | null, answer?: Answer) => void) => void;
  readonly close: () => void;
}
interface Answer {
  readonly content: { readonly tableData: { readonly row: readonly { readonly cell: readonly Cell[] }[] } | null } | null;
  readonly prepared: { readonly columns: readonly { readonly name: string }[] } | null;
}
interface Cell {
  readonly value: string;
  readonly int64Value?: { toString(): string };
  readonly timestampValue?: { readonly seconds: { toString(): string } };
  readonly [kind: string]: Value;
}

const COLUMNS = facts.logView.columns as unknown as { readonly [column: string]: Type };

/**
 * The engine that GoogleSQL itself is defined by: it parses a query, binds it to the columns of the log, and runs it on rows, in a process of its own.
 * @see https://github.com/google/googlesql
 */
export class GoogleSql {
  /** The engine comes for macOS and for Linux with glibc, as programs in its package; elsewhere what needs it is skipped, by name. */
  static readonly runsHere =
    process.platform === 'darwin' ||
    (process.platform === 'linux' && 'glibcVersionRuntime' in (process.report.getReport() as Report).header);

  static async start(): Promise<GoogleSql> {
    const folder = join(dirname(require.resolve('@fivetrandevelopers/zetasql')), 'zetasql');
    const name = `remote_server${process.arch.startsWith('arm') ? '_arm' : ''}${process.platform === 'darwin' ? '' : '.so'}`;
    const port = await freePort();
    const child = spawn(join(folder, name), ['localhost', String(port)], { stdio: 'ignore' });
    ZetaSQLClient.init(port);
    const client = ZetaSQLClient.getInstance();
    if (!(await client.testConnection())) throw new Error(`${name} did not answer; it is made for Linux and macOS`);
    return new GoogleSql(child, await client.getLanguageOptions({ maximumFeatures: true }));
  }

  private readonly service = (ZetaSQLClient as unknown as { readonly API: Service }).API;

  private constructor(
    private readonly child: ChildProcess,
    private readonly languageOptions: object | undefined,
  ) {}

  stop(): void {
    this.service.close();
    this.child.kill();
  }

  /** Rows that a query gives on a log with these entries, as Cloud Logging writes them; throws what the engine has against the query. */
  async rows(sql: string, entries: readonly object[] = []): Promise<readonly Row[]> {
    const [, view = ''] = /`([^`]+)`/.exec(sql) ?? [];
    const { languageOptions } = this;
    const table = { name: view, column: Object.entries(COLUMNS).map(([name, type]) => ({ name, type: typeOf(type) })) };
    const content = { tableData: { row: entries.map((entry) => ({ cell: cellsOf(entry) })) } };
    const request = {
      sql,
      options: { languageOptions },
      simpleCatalog: { name: 'log', table: [table], builtinFunctionOptions: { languageOptions } },
      tableContent: { [view]: content },
    };
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.service.evaluateQuery(request, (error, given) => (error || !given ? reject(error) : resolve(given)));
    });
    const names = answer.prepared?.columns.map(({ name }) => name) ?? [];
    return (answer.content?.tableData?.row ?? []).map(({ cell }) =>
      Object.fromEntries(names.map((name, at) => [name, readable(cell[at])])),
    );
  }
}

/** A log entry as a row of the view: names in snake case, an audit log one level deeper. */
function cellsOf(entry: object): readonly object[] {
  const { protoPayload, ...rest } = entry as { readonly protoPayload?: object };
  const row = { ...rest, ...(protoPayload ? { protoPayload: { auditLog: protoPayload } } : {}) };
  return Object.entries(COLUMNS).map(([name, type]) => cellOf(type, memberOf(row, name)));
}

const memberOf = (value: Value, snake: string): Value =>
  (value as Record<string, Value> | undefined)?.[snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];

function typeOf(type: Type): object {
  if (typeof type === 'string') return { typeKind: `TYPE_${type}` };
  if (isList(type)) return { typeKind: 'TYPE_ARRAY', arrayType: { elementType: typeOf(type[0]) } };
  const field = Object.entries(type).map(([fieldName, one]) => ({ fieldName, fieldType: typeOf(one) }));
  return { typeKind: 'TYPE_STRUCT', structType: { field } };
}

/** As the engine takes it; nothing at all is NULL. */
function cellOf(type: Type, value: Value): object {
  if (value === undefined || value === null) return {};
  if (typeof type !== 'string') {
    if (isList(type)) return { arrayValue: { element: (value as readonly Value[]).map((one) => cellOf(type[0], one)) } };
    return { structValue: { field: Object.entries(type).map(([name, one]) => cellOf(one, memberOf(value, name))) } };
  }
  if (type === 'JSON') return { jsonValue: JSON.stringify(value) };
  if (type !== 'TIMESTAMP') return { [`${type.toLowerCase()}Value`]: value };
  const time = Date.parse(String(value));
  return { timestampValue: { seconds: Math.floor(time / 1000), nanos: (time % 1000) * 1e6 } };
}

const isList = (type: Exclude<Type, string>): type is readonly [Type] => Array.isArray(type);

function readable(cell: Cell | undefined): string | number | boolean | null {
  if (cell?.int64Value) return Number(cell.int64Value);
  if (cell?.timestampValue) return new Date(Number(cell.timestampValue.seconds) * 1000).toISOString();
  return (cell?.[cell.value] as string | boolean | undefined) ?? null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
