import type { Category } from '../../core/tool.ts'
import { analyzeDetectionAccuracy } from './analyze_detection_accuracy.ts'
import { batchDetectFileTypes } from './batch_detect_file_types.ts'
import { detectFileType } from './detect_file_type.ts'

export const fileDetectionTools: Category = {
  id: 'file_detection_tools',
  title: 'File detection',
  summary: 'Find out what files are by their bytes, whatever they are called',
  tools: [detectFileType, batchDetectFileTypes, analyzeDetectionAccuracy]
}
