/** @file The training step in PyTorch, in a process of its own: `train_torch.py` asked line by line. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Recipe } from '../../src/gan/recipe.ts';

/** A PyTorch trainer that waits for its turn. */
export interface TorchTrainer {
  readonly name: string;
  /** One step of D, one of G. */
  readonly step: () => Promise<unknown>;
  readonly end: () => void;
}

interface Greeting {
  readonly torch: string;
  readonly cuda: boolean;
}

/** What PyTorch can be set to, each a process; those of CUDA where there is one. */
export async function torchTrainers(python: string, recipe: Recipe): Promise<TorchTrainer[]> {
  const on = (device: string, variants: readonly string[]) =>
    Promise.all(variants.map((variant) => torchTrainer(python, recipe, device, variant)));
  const cpu = await on('cpu', ['', 'fused', 'channels_last fused']);
  const all = cpu[0]!.cuda ? [...cpu, ...(await on('cuda', ['fused', 'channels_last fused']))] : cpu;
  return all.map(({ trainer }) => trainer);
}

async function torchTrainer(python: string, recipe: Recipe, device: string, variant: string) {
  const script = fileURLToPath(new URL('train_torch.py', import.meta.url));
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (message: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`Expected ${python} to answer, it ended: it needs PyTorch (pip install torch).`);
    return JSON.parse(value);
  };
  const { torch, cuda } = (await ask({ recipe, device, variant })) as Greeting;
  const name = ['PyTorch', torch, device, variant].filter(Boolean).join(' ');
  const trainer: TorchTrainer = { name, step: () => ask({ steps: 1 }), end: () => child.stdin.end() };
  return { cuda, trainer };
}
