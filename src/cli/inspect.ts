/** @file `latentfill inspect`. */
import { defineCommand } from 'citty';
export default defineCommand({ meta: { name: 'inspect' } });
