import { wireDrift } from '../src/api/wire-drift.ts';
import { json, registerRoute } from './http.ts';
import { services } from './services.ts';

registerRoute({
  name: 'drift',
  path: 'drift',
  methods: ['GET'],
  role: 'scorer',
  handle: async () => json(wireDrift(await services().drift())),
});
