import { z } from 'zod'
import { sourceField } from '../../core/fields.ts'
import { definePrompt, quoted } from './prompt.ts'

export const cleanAndPublish = definePrompt({
  name: 'clean_and_publish',
  title: 'Clean and publish a dataset',
  description:
    'Cleans a dataset step by step, shows what changed, and publishes it under a CID. Not for a look that changes nothing: use explore_file.',
  arguments: {
    source: sourceField().describe('A path, https:// URL, ipfs://CID or dataset id'),
    rules: z.string().min(1).max(4096).optional().describe('What clean means here; otherwise the usual')
  },
  examples: [
    { title: 'As usual', input: { source: 'people.csv' }, output: { description: 'Clean and publish a dataset' } },
    {
      title: 'By rules of your own',
      input: { source: 'people.csv', rules: 'Adults only' },
      output: { messages: [{}] }
    }
  ],
  text: ({ source, rules = 'no duplicates, right types, clear column names, no rows without a key' }) =>
    `Clean the data at ${quoted(source)} and publish it. Clean means: ${quoted(rules)}

1. Load it with \`load_dataset\` unless it is loaded already, and look at it with \`describe_dataset\`.
2. Say what is wrong and which operations you propose, and wait for my yes.
3. Apply them with \`process_dataset\`; it keeps the result as a new version and leaves the old one as it is.
4. Compare both with \`diff_datasets\` and tell me how many rows were added, removed and changed.
5. After my yes, publish the result with \`publish_dataset\`. Give me its CID, the number of rows and the lineage from \`dataset_lineage\`.`
})
