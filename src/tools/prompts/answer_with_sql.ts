import { z } from 'zod'
import { datasetIdField } from '../../core/fields.ts'
import { definePrompt, quoted } from './prompt.ts'

export const answerWithSql = definePrompt({
  name: 'answer_with_sql',
  title: 'Answer a question with SQL',
  description:
    'Answers a question about a loaded dataset by a query, and shows the query. Not for a file that is not loaded: use explore_file.',
  arguments: {
    dataset_id: datasetIdField().describe('A dataset of this server'),
    question: z.string().min(1).max(4096).describe('In plain words')
  },
  examples: [
    {
      title: 'A count',
      input: { dataset_id: 'people', question: 'How many live in London?' },
      output: { description: 'Answer a question with SQL' }
    },
    {
      title: 'A comparison',
      input: { dataset_id: 'people', question: 'Which city has the oldest people?' },
      output: { messages: [{}] }
    }
  ],
  text: ({ dataset_id, question }) => `Answer this question about the dataset ${dataset_id}: ${quoted(question)}

1. Read its columns and types with \`describe_dataset\`; do not guess names.
2. Write one SELECT (DuckDB SQL) and run it with \`query_dataset\`; the dataset is the table \`dataset\`. Aggregate in SQL and not by hand.
3. If the result says that it is truncated, narrow the query or follow the cursor before you conclude.
4. Give the answer first, then the query, then what you assumed. If the data cannot answer it, say so.`
})
