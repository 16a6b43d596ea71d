import { cidField, datasetIdField } from '../../core/fields.ts'
import { definePrompt, quoted } from './prompt.ts'

const EXAMPLE_CID = 'bafybeih6yldehek27i4r7oo6glj4xs4ed3ia5gdr5u3ubblyedax7u2auy'

export const verifyPublished = definePrompt({
  name: 'verify_published',
  title: 'Verify a published dataset',
  description:
    'Checks that everything under a CID is here and intact, and that it is the dataset it claims to be. Not for data without a CID: use clean_and_publish.',
  arguments: {
    cid: cidField().describe('What publish_dataset answered'),
    dataset_id: datasetIdField().optional().describe('The dataset it should be equal to')
  },
  examples: [
    { title: 'By itself', input: { cid: EXAMPLE_CID }, output: { description: 'Verify a published dataset' } },
    {
      title: 'Against a dataset',
      input: { cid: EXAMPLE_CID, dataset_id: 'people' },
      output: { messages: [{}] }
    }
  ],
  text: ({ cid, dataset_id }) => `Verify the dataset published as ${quoted(cid)}.

1. Use \`ipfs_stat\`: is_complete must be true. If blocks are missing, name that and stop.
2. List it with \`ipfs_ls\`, and read its description and lineage with \`ipfs_cat\`.
3. Load its data file with \`load_dataset\` from ipfs://<cid>/<data file>; rows and columns must be those of the description.
${
  dataset_id === undefined
    ? '4. If the lineage names a dataset of this server, compare with it by `diff_datasets`.'
    : `4. Compare it with the dataset ${dataset_id} by \`diff_datasets\`; nothing may be added, removed or changed.`
}
5. Report each check as passed or failed with its figures. Do not call it verified unless all passed.`
})
