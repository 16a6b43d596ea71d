/** The prompts of MCP: how to begin the common jobs. */
import type { Category } from '../../core/tool.ts'
import { answerWithSql } from './answer_with_sql.ts'
import { cleanAndPublish } from './clean_and_publish.ts'
import { exploreFile } from './explore_file.ts'
import { verifyPublished } from './verify_published.ts'

export const prompts: Category = {
  id: 'prompts',
  title: 'Prompts',
  summary: 'How to begin the common jobs',
  tools: [exploreFile, answerWithSql, cleanAndPublish, verifyPublished]
}
