let lastTime = '';
let lastSecond = 0;

/** Seconds since 1970 of a time of an event. The same time is asked for several times in a row. */
export function secondOf(time: string): number {
  if (time === lastTime) return lastSecond;
  lastTime = time;
  lastSecond = Math.floor(Date.parse(time) / 1000);
  return lastSecond;
}
