import { FRAMES, LADDER } from '../../governance/ladder';
import { plain } from '../text';
import type { Scorecard } from './model';

const HEAD = [
  'frame',
  'version',
  'reference',
  'reference title',
  'confirmed',
  'control',
  'level',
  'question',
  'cloud',
  'fleet',
  'agent',
  'status',
  'reason',
  'evidence',
];

/** The matrix for auditors: one line for each reference of each frame, and each agent. RFC 4180. */
export function renderScoreCsv({ assessment: { agents } }: Scorecard): string {
  const lines = Object.entries(FRAMES).flatMap(([id, { version, refs, confirmed }]) =>
    Object.entries(refs).flatMap(([reference, title]) =>
      LADDER.filter(({ frames }) => frames[id]?.includes(reference)).flatMap((control) =>
        agents.flatMap((agent) =>
          agent.results
            .filter((result) => result.control === control.id)
            .map(({ status, reason = '', evidence }) => [
              id,
              version,
              reference,
              title,
              confirmed ? 'yes' : 'no',
              control.id,
              String(control.level),
              control.question,
              agent.cloud,
              agent.fleet,
              agent.agent,
              status,
              reason,
              evidence.map(({ file, resource, shows }) => `${file}#${resource}: ${shows}`).join('; '),
            ]),
        ),
      ),
    ),
  );
  return `${[HEAD, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** Quoted where needed; what a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: string): string {
  const text = plain(value).replace(/\s+/g, ' ');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
