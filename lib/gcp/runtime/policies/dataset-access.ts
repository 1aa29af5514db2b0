import type { Held } from './held';
import type { PolicyCalls } from './place';
import type { Grant } from './types';

/** @see https://docs.cloud.google.com/bigquery/docs/reference/rest/v2/datasets#Dataset */
interface Dataset {
  readonly etag?: string;
  readonly access?: readonly Entry[];
}
interface Entry {
  readonly role?: string;
  readonly userByEmail?: string;
  readonly iamMember?: string;
  readonly condition?: { readonly title: string; readonly expression: string };
}

const VERSION = 'accessPolicyVersion=3';
/** BigQuery answers with the names that these roles had before there were roles. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  READER: 'roles/bigquery.dataViewer',
  WRITER: 'roles/bigquery.dataEditor',
  OWNER: 'roles/bigquery.dataOwner',
};

/** What a member has by the list of access of a dataset, and how to write it with something else. */
export async function heldByDataset({ service, path }: PolicyCalls, member: string): Promise<Held> {
  const { etag = '', access = [] } = await service.call<Dataset>('GET', `${path}?${VERSION}`);
  const isOwn = ({ userByEmail, iamMember }: Entry): boolean => iamMember === member || `serviceAccount:${userByEmail}` === member;
  return {
    grants: access.filter(isOwn).map(({ role = '', condition }): Grant => {
      const named = { role: OLD_NAMES[role] ?? role };
      return condition ? { ...named, condition: { title: condition.title, expression: condition.expression } } : named;
    }),
    write: async (grants) => {
      const body = { access: [...access.filter((entry) => !isOwn(entry)), ...grants.map((grant) => entryOf(member, grant))] };
      await service.change(`${path}?${VERSION}`, { etag, body });
    },
  };
}

function entryOf(member: string, grant: Grant): Entry {
  const [, email] = /^serviceAccount:(.+)$/.exec(member) ?? [];
  return email === undefined ? { ...grant, iamMember: member } : { ...grant, userByEmail: email };
}
