import type { ControlCheck } from '../control-check';

/** The longest that an exception may last, from today on, in days. */
const LONGEST_DAYS = 366;
const DAY = 86_400_000;

export const EXCEPTIONS_ENDED: ControlCheck = {
  id: 'exceptions-ended',
  judge: (_, { exceptions, now }) => {
    const expired = exceptions.filter(({ until }) => until < now.toISOString().slice(0, 10));
    if (expired.length > 0)
      return {
        missing: `${expired.map(({ control, owner, until }) => `the exception from '${control}', of ${owner}, ended on ${until}`).join('; ')}`,
      };
    const endless = exceptions.filter(({ until }) => (Date.parse(until) - now.getTime()) / DAY > LONGEST_DAYS);
    if (endless.length > 0)
      return {
        missing: `${endless.map(({ control, until }) => `the exception from '${control}' lasts until ${until}, more than a year`).join('; ')}`,
      };
    return {
      met: exceptions.map(({ control, owner, until, reason }) => ({
        file: 'exceptions',
        resource: control,
        type: 'exception',
        shows: `${owner}, until ${until}: ${reason}`,
      })),
    };
  },
};
