// Writes test/fixtures/terraform-schemas.json: of each provider's schema, the resources, data sources and provider settings that this library can emit.
// Reads the prebuilt provider packages of CDKTF, whose types are generated from what `terraform providers schema` prints for the version they name. The package for
// azuread is not part of this project; give the node_modules folder that holds it:
//
//   npm i --legacy-peer-deps @cdktf/provider-azuread@14.3.1
//   node --import tsx tools/evidence/terraform-schemas.ts <its node_modules>
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import type { Block, Field, TerraformSchemas } from '../../test/setup/terraform-schema';

const ROOT = resolve(__dirname, '../..');
const TARGET = join(ROOT, 'test/fixtures/terraform-schemas.json');
const OURS = /@cdktf\/(provider-[a-z]+)\/lib\/([a-z0-9-]+)/g;
/** What only examples and raw resources use. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  'provider-azuread': ['provider', 'application', 'service-principal', 'application-federated-identity-credential', 'app-role-assignment'],
};

const folders = [join(ROOT, 'node_modules'), ...process.argv.slice(2)];
const schemas: TerraformSchemas = { sources: {}, types: {} };

for (const [name, modules] of used()) {
  const folder = folders.map((each) => join(each, '@cdktf', name)).find(existsSync);
  if (!folder) throw new Error(`@cdktf/${name} is in none of ${folders.length} folders`);
  for (const module of modules) readModule(name, folder, module);
}
const types = Object.fromEntries(Object.entries(schemas.types).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(TARGET, `${JSON.stringify({ sources: schemas.sources, types })}\n`);
console.log(`${Object.keys(types).length} types of ${Object.keys(schemas.sources).length} providers -> ${TARGET}`);

/** Package, and the modules of it that some file of ours imports. */
function used(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>(Object.entries(MORE).map(([name, modules]) => [name, new Set(modules)]));
  for (const folder of ['lib/terraform', 'examples'])
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith('.ts')) continue;
      for (const [, name, module] of readFileSync(join(entry.parentPath, entry.name), 'utf8').matchAll(OURS))
        found.set(name as string, (found.get(name as string) ?? new Set()).add(module as string));
    }
  return found;
}

function readModule(name: string, folder: string, module: string): void {
  const file = join(folder, 'lib', module, 'index.d.ts');
  const main = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  const parts = join(folder, 'lib', module, 'index-structs');
  const sources = [main, ...(existsSync(parts) ? structFiles(parts) : [])];
  const interfaces = new Map(
    sources.flatMap((source) => source.statements.filter(ts.isInterfaceDeclaration).map((each) => [each.name.text, each] as const)),
  );
  for (const declared of main.statements.filter(ts.isClassDeclaration)) {
    const type = declared.members.find((member) => ts.isPropertyDeclaration(member) && member.name.getText() === 'tfResourceType');
    const config = interfaces.get(`${declared.name?.text}Config`);
    if (!type || !config) continue;
    const literal = (type as ts.PropertyDeclaration).initializer;
    if (!literal || !ts.isStringLiteral(literal)) throw new Error(`${file}: no type`);
    const version = /\/providers\/([\w/-]+?)\/(\d+\.\d+\.\d+)\/docs/.exec(config.getText());
    if (!version) throw new Error(`${file}: no version of a provider`);
    schemas.sources[name] = `@cdktf/${name} ${packageVersion(folder)}, generated from the schema of ${version[1]} ${version[2]}`;
    const kind = module.startsWith('data-') ? 'data' : module === 'provider' ? 'provider' : 'resource';
    schemas.types[`${kind} ${literal.text}`] = { ...block(config, interfaces), computed: computed(declared) };
  }
}

function structFiles(folder: string): ts.SourceFile[] {
  return readdirSync(folder)
    .filter((each) => each.endsWith('.d.ts'))
    .map((each) => ts.createSourceFile(each, readFileSync(join(folder, each), 'utf8'), ts.ScriptTarget.ES2022, true));
}

function packageVersion(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

function block(declared: ts.InterfaceDeclaration, interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>): Block {
  const fields: Record<string, Field> = {};
  for (const member of declared.members) {
    if (!ts.isPropertySignature(member) || !member.type) continue;
    const documented = /#(\w+) [\w-]+#\w+\}/.exec(
      ts
        .getJSDocCommentsAndTags(member)
        .map((each) => each.getText())
        .join(' '),
    );
    if (!documented) throw new Error(`${declared.name.text}.${member.name.getText()}: no name in its link`);
    fields[documented[1] as string] = {
      ...(member.questionToken ? {} : { required: true as const }),
      ...typeOf(member.type.getText(), interfaces),
    };
  }
  return { fields };
}

/** The type of the field, from how it is written: `string`, `number[]`, `{ [key: string]: string }`, `Name[] | cdktf.IResolvable`. */
function typeOf(text: string, interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>): Field {
  const core = text.replace(/\s*\|\s*cdktf\.IResolvable/g, '').trim();
  const list = /^(?:Array<([\s\S]+)>|([\s\S]+)\[\])$/.exec(core);
  if (list) return { list: true, ...typeOf((list[1] ?? list[2] ?? '').replace(/^\(|\)$/g, ''), interfaces) };
  if (/^\{\s*\[key: string\]/.test(core)) return { type: 'map' };
  if (core === 'string' || core === 'number' || core === 'boolean') return { type: core };
  if (core === 'any') return { type: 'any' };
  const struct = interfaces.get(core);
  if (!struct) throw new Error(`unknown type '${core}'`);
  return { block: block(struct, interfaces).fields };
}

/** What others may refer to. */
function computed(declared: ts.ClassDeclaration): string[] {
  return declared.members
    .filter(ts.isGetAccessorDeclaration)
    .map((member) => member.name.getText())
    .filter((name) => !name.endsWith('Input'))
    .sort();
}
