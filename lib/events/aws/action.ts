import table from './actions.json';

const SERVICES: Readonly<Record<string, string>> = table.services.values;
const EVENTS: Readonly<Record<string, { readonly values: Readonly<Record<string, string | readonly string[]>> }>> = table.events;
const SUFFIX = new RegExp(table.suffix.pattern);

/** The service and the action as a policy names them. Of a call that needs several actions it is the one that it is about. */
export function actionOf(eventSource: string, eventName: string): { readonly service: string; readonly action: string } {
  const host = eventSource.replace(/\.amazonaws\.com(\.cn)?$/, '');
  const service = Object.hasOwn(SERVICES, host) ? (SERVICES[host] ?? host) : host;
  const name = table.suffix.services.includes(service) ? eventName.replace(SUFFIX, '') : eventName;
  const known = Object.hasOwn(EVENTS, service) ? EVENTS[service]?.values : undefined;
  const mapped = known && Object.hasOwn(known, name) ? known[name] : name;
  return { service, action: `${service}:${typeof mapped === 'string' ? mapped : (mapped?.[0] ?? name)}` };
}
