import { setTimeout } from 'node:timers/promises';
import { GoogleAuth } from 'google-auth-library';
import { AUTH_SCOPES, googleApi } from '../google-api';
import { setting } from '../settings';
import type { ProbedPlace } from './answer';
import { makeProbe } from './handler';

// It keeps its token as long as Google lets it: what is looked at is whether a token that is there still does anything.
const auth = new GoogleAuth({ scopes: AUTH_SCOPES });

export const handler = makeProbe({
  api: googleApi({ auth, attempts: 3, pause: (milliseconds) => setTimeout(milliseconds) }),
  token: () => auth.getAccessToken(),
  places: JSON.parse(setting('PROBED_PLACES')) as readonly ProbedPlace[],
});
