import type { Detection } from '../detection/types';
import { plain } from '../report/text';

const RESPONSES: Readonly<Record<Detection['response'], string>> = {
  notify: 'look at it',
  restrict: 'restrict the agent to reading until somebody has looked',
  brake: 'stop the agent now: deny it everything',
  quarantine: 'stop the agent, and keep it from coming back',
};

/** Length of a subject, as the strictest of the targets has it. @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SUBJECT = 100;

/** A subject of at most 100 plain characters. */
export function alertSubject({ severity, agent, signal }: Detection): string {
  return cut(`${severity.toUpperCase()}: agent ${agent}, ${signal}`.replace(/[^\x20-\x7e]/g, '?'), SUBJECT);
}

/** What a person needs to decide, in words. */
export function alertBody(detection: Detection, links: Readonly<Record<string, string>> = {}): string {
  const { agent, fleet, cloud, owner, summary, broke, basis, response, time, events, eventCount } = detection;
  const lines = [
    `Agent ${agent} (fleet ${fleet}, ${cloud}) ${summary}.`,
    '',
    `What it broke: ${broke}.`,
    `How sure this is: ${basis === 'exact' ? 'certain, it goes against what was declared' : 'likely, it is more than such agents do'}.`,
    `What to do: ${RESPONSES[response]}${detection.mayAct ? '' : '; a person decides'}.`,
    `Who answers for it: ${owner ?? 'nobody is named'}.`,
    ...(detection.task === undefined ? [] : [`Task: ${detection.task}.`]),
    ...(detection.chain === undefined ? [] : [`It came through: ${detection.chain.join(', then ')}.`]),
    '',
    `Calls (${eventCount}), the last at ${time}:`,
    ...events.map((event) => `  ${event.time}  ${event.action}  ${event.resources.join(', ') || '-'}  ${event.outcome}`),
    ...Object.entries(links).flatMap(([name, link], index) => [...(index === 0 ? [''] : []), `${name}: ${link}`]),
    '',
    `id ${detection.id}`,
  ];
  return lines.map((line) => cut(plain(line), 1_000)).join('\n');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}
