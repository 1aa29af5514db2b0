import { Detector } from '../../../lib/core/detection/detector';
import { DetectionRun } from '../../../lib/core/detection/run';
import { readCloudTrail } from '../../../lib/events/aws';
import type { Goal } from '../table';
import { infraRegistry, recordedAttacks } from './attacks';

const MEASURED = 300_000;
const LONG = Number(process.env['BENCH_EVENTS'] ?? 10_000_000);
const WARM = 50_000;

interface RecordShape {
  eventID: string;
  eventTime: string;
  [key: string]: unknown;
}

/** Lines as a file of a trail holds them: recorded shapes, with ids and times of their own. */
class Lines {
  private readonly parts: readonly (readonly [string, string, string])[];

  constructor() {
    const id = 'ID_GOES_HERE';
    const time = 'TIME_GOES_HERE';
    this.parts = Object.values(recordedAttacks())
      .flat()
      .map((record) => {
        const text = JSON.stringify({ ...(record as RecordShape), eventID: id, eventTime: time });
        const [first, second] = [text.indexOf(time), text.indexOf(id)].sort((a, b) => a - b) as [number, number];
        const isTimeFirst = text.indexOf(time) === first;
        const [one, two] = isTimeFirst ? [time, id] : [id, time];
        const middle = text.slice(first + one.length, second);
        return [text.slice(0, first), `${isTimeFirst ? 't' : 'i'}${middle}`, text.slice(second + two.length)] as const;
      });
  }

  line(index: number): string {
    const [head, marked, tail] = this.parts[index % this.parts.length] as readonly [string, string, string];
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const time = new Date(1_780_000_000_000 + index * 20).toISOString().replace(/\.\d+Z/, 'Z');
    return marked[0] === 't' ? `${head}${time}${marked.slice(1)}${id}${tail}` : `${head}${id}${marked.slice(1)}${time}${tail}`;
  }
}

const newRun = (): DetectionRun => new DetectionRun(new Detector(infraRegistry()));

/** Events a second on one core, parsing included; the slowest of a hundred; and memory over a long run. */
export function speedGoals(): readonly Goal[] {
  const lines = new Lines();
  const run = newRun();
  for (let index = 0; index < WARM; index += 1) run.add(readCloudTrail(JSON.parse(lines.line(index))));
  const texts = Array.from({ length: MEASURED }, (_, index) => lines.line(WARM + index));
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
