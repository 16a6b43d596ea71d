/** Old names about files, documents and media. */
import type { OldCategory } from '../old-names.ts'

export const filesNames: readonly OldCategory[] = [
  {
    id: 'file_converter_tools',
    kept: `
      batch_convert_files batch_convert_tool convert_file convert_file_tool download_url_tool extract_archive_contents
      extract_archive_tool file_info_tool get_file_info
    `,
    groups: [
      {
        names: 'extract_knowledge_graph_sync extract_knowledge_graph_tool',
        reason: 'absent',
        use: 'convert_file',
        advice: 'No entities are drawn out of text here. convert_file gives the text for a model of your own.'
      },
      {
        names: 'generate_embeddings_sync generate_embeddings_tool',
        reason: 'absent',
        use: 'convert_file chunk_text',
        advice: 'No embeddings are made here. convert_file and chunk_text give the pieces for a model of your own.'
      },
      {
        names: 'generate_summary generate_summary_tool',
        reason: 'absent',
        use: 'convert_file',
        advice: 'No summaries are written here. convert_file gives the text for a model of your own.'
      }
    ]
  },
  {
    id: 'file_detection_tools',
    kept: 'analyze_detection_accuracy batch_detect_file_types detect_file_type',
    groups: []
  },
  {
    id: 'media_tools',
    kept: '',
    groups: [
      {
        names: 'ffmpeg_analyze ffmpeg_analyze_media ffmpeg_info ffmpeg_probe',
        reason: 'absent',
        use: 'get_file_info store_data',
        advice:
          'This server starts no programs. Run ffprobe yourself and keep its answer with store_data; get_file_info tells type and size.'
      },
      {
        names: `
          ffmpeg_apply_filters ffmpeg_batch_process ffmpeg_concat ffmpeg_convert ffmpeg_convert_media ffmpeg_cut
          ffmpeg_demux ffmpeg_extract_audio ffmpeg_mux ffmpeg_splice ffmpeg_stream_input ffmpeg_stream_output
        `,
        reason: 'absent',
        use: 'ipfs_add',
        advice: 'This server starts no programs. Run ffmpeg yourself; ipfs_add gives what it wrote a content address.'
      },
      {
        names: `
          ytdlp_batch_download ytdlp_download_playlist ytdlp_download_video ytdlp_extract_info ytdlp_search_videos
        `,
        reason: 'absent',
        use: 'ipfs_add',
        advice: 'This server starts no programs. Run yt-dlp yourself; ipfs_add gives what it wrote a content address.'
      }
    ]
  },
  {
    id: 'pdf_tools',
    kept: '',
    groups: [
      {
        names: `
          pdf_analyze_relationships pdf_batch_process pdf_cross_document_analysis pdf_extract_entities
          pdf_ingest_to_graphrag pdf_optimize_for_llm
        `,
        reason: 'absent',
        use: 'load_dataset chunk_text',
        advice:
          'There is no reader of PDF here. Load the text that a reader of your own wrote with load_dataset; chunk_text cuts it for a model.'
      },
      {
        names: 'pdf_query_corpus pdf_query_knowledge_graph',
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'There is no reader of PDF here. Load the text that a reader of your own wrote with load_dataset, and ask query_dataset.'
      },
      {
        names: 'pdf_fill_form_agent',
        reason: 'dropped',
        use: '',
        advice: 'Forms are not filled in here.'
      },
      {
        names: 'pdf_generate_zkp_certificate pdf_verify_zkp_certificate',
        reason: 'dropped',
        use: '',
        advice:
          'Certificates in zero knowledge about a PDF are no job of a dataset server. A content address proves that the bytes are the bytes.'
      }
    ]
  }
]
