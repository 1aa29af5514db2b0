import { isAgentEvent } from '../../../lib/core/agent-event';
import { Detector } from '../../../lib/core/detection/detector';
import { DetectionRun } from '../../../lib/core/detection/run';
import { readCloudTrail } from '../../../lib/events/aws';
import type { Goal } from '../table';
import { infraRegistry, recordedAttacks } from './attacks';

const MEASURED = 100_000;
const LONG = Number(process.env['BENCH_EVENTS'] ?? 10_000_000);
const WARM = 50_000;

interface RecordShape {
  eventID: string;
  eventTime: string;
  [key: string]: unknown;
}

interface Part {
  readonly action: string;
  readonly isTimeFirst: boolean;
  readonly texts: readonly [string, string, string];
}

/** One call in so many is one that was not granted. */
const ATTACK_EVERY = 33;

/** Lines as a file of a trail holds them: recorded shapes, with ids and times of their own; nearly all of calls that are granted. */
class Lines {
  private readonly granted: readonly Part[];
  private readonly others: readonly Part[];

  constructor() {
    const actions = new Set(infraRegistry().agents[0]?.agent.grants.flatMap((grant) => grant.actions));
    const all = this.partsOf();
    this.granted = all.filter(({ action }) => actions.has(action));
    this.others = all.filter(({ action }) => !actions.has(action));
  }

  private partsOf(): readonly Part[] {
    const id = 'ID_GOES_HERE';
    const time = 'TIME_GOES_HERE';
    return Object.values(recordedAttacks())
      .flat()
      .map((record) => {
        const text = JSON.stringify({ ...(record as RecordShape), eventID: id, eventTime: time });
        const [first, second] = [text.indexOf(time), text.indexOf(id)].sort((a, b) => a - b) as [number, number];
        const isTimeFirst = text.indexOf(time) === first;
        const [one, two] = isTimeFirst ? [time, id] : [id, time];
        const middle = text.slice(first + one.length, second);
        const read = readCloudTrail(record);
        return {
          action: isAgentEvent(read) ? read.action : '',
          isTimeFirst,
          texts: [text.slice(0, first), middle, text.slice(second + two.length)] as const,
        };
      });
  }

  line(index: number): string {
    const parts = index % ATTACK_EVERY === 0 ? this.others : this.granted;
    const {
      isTimeFirst,
      texts: [head, middle, tail],
    } = parts[index % parts.length] as Part;
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const time = new Date(1_780_000_000_000 + index * 20).toISOString().replace(/\.\d+Z/, 'Z');
    return isTimeFirst ? `${head}${time}${middle}${id}${tail}` : `${head}${id}${middle}${time}${tail}`;
  }
}

const newRun = (): DetectionRun => new DetectionRun(new Detector(infraRegistry()));

/** Run by itself, from one bundled file as handlers are: what a loader adds to names and closures is no part of it. */
if (require.main === module) process.stdout.write(JSON.stringify(speedGoals()));

/** Events a second on one core, parsing included; the slowest of a hundred; and memory over a long run. */
export function speedGoals(): readonly Goal[] {
  const lines = new Lines();
  const run = newRun();
  for (let index = 0; index < WARM; index += 1) run.add(readCloudTrail(JSON.parse(lines.line(index))));
  // As read from a file: a text that was put together is put together again whenever it is read.
  const texts = Array.from({ length: MEASURED }, (_, index) => Buffer.from(lines.line(WARM + index)).toString('latin1'));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  const start = performance.now();
  for (const text of texts) run.add(readCloudTrail(JSON.parse(text)));
  const rate = MEASURED / ((performance.now() - start) / 1000);
  const each = new Float64Array(100_000);
  for (let index = 0; index < each.length; index += 1) {
    const text = lines.line(WARM + MEASURED + index);
    const from = performance.now();
    run.add(readCloudTrail(JSON.parse(text)));
    each[index] = performance.now() - from;
  }
  const p99 = each.sort()[Math.floor(each.length * 0.99)] ?? 0;
  return [
    {
      goal: `engine: >= 100,000 events/s on one core, parsing included (records of ${bytes.toFixed(0)} bytes on average)`,
      found: `${Math.round(rate).toLocaleString('en')}/s`,
      met: rate >= 100_000,
    },
    { goal: 'engine: 99 of 100 events within 1 ms', found: `p99 ${(p99 * 1000).toFixed(0)} us`, met: p99 < 1 },
    memory(lines),
  ];
}

function memory(lines: Lines): Goal {
  const run = newRun();
  const seen: number[] = [];
  const marks = [0.1, 0.4, 0.7, 1].map((part) => Math.floor(LONG * part));
  for (let index = 0; index < LONG; index += 1) {
    run.add(readCloudTrail(JSON.parse(lines.line(index))));
    if (index + 1 === marks[seen.length]) {
      global.gc?.();
      seen.push(process.memoryUsage().heapUsed / 2 ** 20);
    }
  }
  const [first = 0] = seen;
  const last = seen.at(-1) ?? 0;
  return {
    goal: `engine: memory flat over ${LONG.toLocaleString('en')} events`,
    found: `heap ${seen.map((size) => `${size.toFixed(0)} MB`).join(', ')} at 10, 40, 70 and 100 %`,
    met: last < first * 1.25 + 10,
  };
}
