import { sourceField } from '../../core/fields.ts'
import { definePrompt, quoted } from './prompt.ts'

export const exploreFile = definePrompt({
  name: 'explore_file',
  title: 'Explore a file',
  description:
    'Loads a file and says what is in it: size, columns, gaps, oddities, and questions worth asking. Not for one question about a loaded dataset: use answer_with_sql.',
  arguments: { source: sourceField().describe('A path, https:// URL or ipfs://CID') },
  examples: [
    { title: 'A local file', input: { source: 'people.csv' }, output: { description: 'Explore a file' } },
    { title: 'A file on the web', input: { source: 'https://example.org/a.parquet' }, output: { messages: [{}] } }
  ],
  text: ({ source }) => `Explore the data at ${quoted(source)}.

1. Load it with \`load_dataset\` and keep its dataset_id.
2. Look at each column with \`describe_dataset\`, and at rows with \`sample_dataset\`.
3. Tell me in a few lines: how many rows and columns, what one row stands for, which columns have gaps, odd values or the wrong type.
4. Check each oddity with \`query_dataset\` before you report it; give the number of rows.
5. End with three questions that this data can answer.`
})
