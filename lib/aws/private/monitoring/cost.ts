import table from '../../catalog/prices.json';

type Price = keyof typeof table.prices;

/** One line of an estimate. */
export interface CostItem {
  readonly name: string;
  /** US dollars a month. */
  readonly usd: number;
}

export interface CostEstimate {
  readonly agents: number;
  readonly callsPerAgentPerDay: number;
  readonly usd: number;
  /** Largest first. */
  readonly items: readonly CostItem[];
}

const DAYS = 30;
/** A record of CloudTrail, in GB. */
const RECORD_GB = 1.5e-6;
/** Calls that come in one batch, when calls come in bursts. */
const PER_BATCH = 4;
/** Of a batch: seconds of a function of half a GB, units written and read. */
const BATCH = { seconds: 0.15, memory: 0.5, writes: 12, reads: 8 } as const;
const SIGNALS = 5;
const FLEET_METRICS = 7 + SIGNALS;
const SWEEPS = 60 * 24 * DAYS;

/** What monitoring costs in a month at list prices, by what drives it. `firstTrail`: whether it is the account's first trail. */
export function estimateCost(
  agents: number,
  callsPerAgentPerDay: number,
  { firstTrail, alarms }: { readonly firstTrail: boolean; readonly alarms: number },
): CostEstimate {
  const calls = agents * callsPerAgentPerDay * DAYS;
  const batches = calls / PER_BATCH;
  const usd = (price: Price, amount: number): number => table.prices[price].usd * amount;
  const items: CostItem[] = [
    { name: 'CloudTrail data events', usd: usd('dataEvent', calls) },
    { name: 'CloudTrail management events', usd: firstTrail ? 0 : usd('managementEventCopy', calls) },
    { name: 'CloudWatch Logs', usd: usd('logIngested', calls * RECORD_GB + batches * 1e-6) },
    // Few agents show every signal in a month: one metric each is on the high side already.
    { name: 'CloudWatch metrics', usd: usd('metric', FLEET_METRICS + agents) },
    { name: 'CloudWatch alarms and dashboard', usd: usd('alarm', alarms) + usd('dashboard', 1) },
    {
      name: 'SQS and EventBridge Pipes',
      usd: usd('queueRequest', calls * 3) + usd('pipeRequest', calls) + usd('fifoRequest', calls * 2 + batches),
    },
    {
      name: 'Lambda',
      usd: usd('lambdaRequest', batches + SWEEPS) + usd('lambdaSecond', (batches + SWEEPS / 10) * BATCH.seconds * BATCH.memory),
    },
    { name: 'DynamoDB', usd: usd('tableWrite', batches * BATCH.writes) + usd('tableRead', batches * BATCH.reads + SWEEPS) },
  ];
  return {
    agents,
    callsPerAgentPerDay,
    usd: items.reduce((sum, item) => sum + item.usd, 0),
    items: items.sort((a, b) => b.usd - a.usd),
  };
}

const FLEETS = [10, 100, 1_000];

/** One sentence with the estimate for this fleet and for fleets of three sizes, and what it is made of most. */
export function costSentence(
  fleet: string,
  agents: number,
  options: { readonly callsPerAgentPerDay: number; readonly firstTrail: boolean; readonly alarms: number },
): string {
  const { callsPerAgentPerDay } = options;
  const at = (count: number): CostEstimate => estimateCost(count, callsPerAgentPerDay, options);
  const own = at(agents);
  const [largest] = own.items;
  const others = FLEETS.map((count) => `${dollars(at(count).usd)} for ${count.toLocaleString('en')}`).join(', ');
  return (
    `Monitoring of fleet '${fleet}' costs about ${dollars(own.usd)} a month for ${agents} ${agents === 1 ? 'agent' : 'agents'} with ` +
    `${callsPerAgentPerDay.toLocaleString('en')} calls a day each (${others}), most of it for ${largest?.name} (${dollars(largest?.usd ?? 0)}); ` +
    `list prices of us-east-1, ${table.checked}, not confirmed on the day.`
  );
}

function dollars(usd: number): string {
  return usd < 100 ? `$${usd.toFixed(2)}` : `$${Math.round(usd).toLocaleString('en')}`;
}
