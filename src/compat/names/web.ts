/** Old names about what is fetched from the web and from other services. */
import type { OldCategory } from '../old-names.ts'

export const webNames: readonly OldCategory[] = [
  {
    id: 'web_archive_tools',
    kept: `
      create_warc extract_dataset_from_cdxj extract_links_from_warc extract_metadata_from_warc extract_text_from_warc
      index_warc
    `,
    groups: [
      {
        names: 'archive_to_archive_is archive_to_wayback batch_archive_to_archive_is',
        reason: 'absent',
        use: 'create_warc',
        advice: 'Nothing is handed to public archives from here. create_warc keeps a page in a WARC file of your own.'
      },
      {
        names: `
          batch_search_brave batch_search_github batch_search_google batch_search_openverse batch_search_serpstack
          search_brave search_brave_images search_brave_news search_github_code search_github_issues
          search_github_repositories search_github_users search_google search_google_images search_openverse_audio
          search_openverse_images search_serpstack search_serpstack_images
        `,
        reason: 'absent',
        use: 'load_dataset download_url_tool',
        advice:
          'No search engine is asked here. Let your client search, or load the JSON that a service answers with load_dataset; download_url_tool fetches a page.'
      },
      {
        names: `
          batch_search_huggingface get_huggingface_model_info search_huggingface_models search_huggingface_spaces
        `,
        reason: 'absent',
        use: 'load_dataset',
        advice: 'Models and spaces of the hub are no datasets. load_dataset reads datasets as hf://datasets/owner/name.'
      },
      {
        names: 'check_archive_status search_wayback_machine',
        reason: 'replaced',
        use: 'download_url_tool',
        advice: 'download_url_tool fetches the list of captures from https://web.archive.org/cdx/search/cdx?url=<url>.'
      },
      {
        names: `
          fetch_warc_record_advanced get_common_crawl_collection_info_advanced get_common_crawl_content
          list_common_crawl_collections_advanced list_common_crawl_indexes search_common_crawl
          search_common_crawl_advanced
        `,
        reason: 'absent',
        use: 'load_dataset index_warc',
        advice:
          'There is no client of Common Crawl here. Load an answer of its index at https://index.commoncrawl.org with load_dataset; index_warc reads WARC files that you have downloaded.'
      },
      {
        names: 'get_archive_is_content search_archive_is',
        reason: 'absent',
        use: 'create_warc',
        advice: 'archive.is has no interface for programs. create_warc keeps a page in a WARC file of your own.'
      },
      {
        names: 'get_wayback_content',
        reason: 'replaced',
        use: 'download_url_tool create_warc',
        advice: 'download_url_tool fetches https://web.archive.org/web/<timestamp>id_/<url> as it was captured.'
      },
      {
        names: 'search_huggingface_datasets',
        reason: 'absent',
        use: 'load_dataset',
        advice: 'The hub is not searched here. Find a name there; load_dataset takes it as hf://datasets/owner/name.'
      },
      {
        names: 'unified_agentic_discover_and_fetch unified_health unified_search unified_search_and_fetch',
        reason: 'absent',
        use: 'download_url_tool',
        advice: 'No search engine is asked here. Let your client search; download_url_tool fetches what it found.'
      },
      {
        names: 'unified_fetch',
        reason: 'replaced',
        use: 'download_url_tool create_warc',
        advice: 'download_url_tool fetches a URL to a content address; create_warc keeps the answer with its headers.'
      },
      {
        names: `
          batch_scrape_with_autoscraper create_autoscraper_model list_autoscraper_models optimize_autoscraper_model
          scrape_with_autoscraper
        `,
        reason: 'dropped',
        use: 'extract_text_from_warc extract_links_from_warc',
        advice:
          'No rules for scraping are learned here. create_warc, extract_text_from_warc and extract_links_from_warc read pages.'
      },
      {
        names: 'clear_brave_cache get_brave_cache_stats',
        reason: 'dropped',
        use: 'cache_stats cache_clear',
        advice:
          'No search engine is asked, so there are no answers of one to keep. cache_stats and cache_clear are about the cache of this server.'
      },
      {
        names: 'get_ipwb_content search_ipwb_archive start_ipwb_replay verify_ipwb_archive',
        reason: 'dropped',
        use: 'extract_dataset_from_cdxj extract_text_from_warc',
        advice:
          'No replay is served here. extract_dataset_from_cdxj loads an index, and extract_text_from_warc reads the pages.'
      },
      {
        names: 'index_warc_to_ipwb',
        reason: 'replaced',
        use: 'index_warc',
        advice: 'index_warc stores the records under content addresses and writes a CDXJ index.'
      }
    ]
  },
  {
    id: 'alert_tools',
    kept: '',
    groups: [
      {
        names: `
          add_alert_rule evaluate_alert_rules get_suppression_status list_alert_rules remove_alert_rule
          reset_alert_suppression
        `,
        reason: 'absent',
        use: 'query_dataset queue_stats',
        advice:
          'No rules for alerts are kept here. GET /metrics has the figures for a monitor such as Prometheus; query_dataset and queue_stats answer on demand.'
      },
      {
        names: 'send_discord_embed send_discord_message',
        reason: 'absent',
        use: '',
        advice: 'Nothing is sent to Discord from here. Let your client or a webhook of your own send it.'
      }
    ]
  },
  {
    id: 'discord_tools',
    kept: '',
    groups: [
      {
        names: `
          discord_analyze_channel discord_analyze_guild discord_export_all_channels discord_export_channel
          discord_export_dm_channels discord_export_dm_channels_individual discord_export_guild discord_list_channels
          discord_list_dm_channels discord_list_guilds
        `,
        reason: 'absent',
        use: 'load_dataset',
        advice:
          'Discord is not reached from here. Export with DiscordChatExporter as CSV, and load the file with load_dataset.'
      },
      {
        names: 'discord_analyze_export',
        reason: 'replaced',
        use: 'load_dataset query_dataset',
        advice: 'Load an export in CSV with load_dataset and ask query_dataset.'
      },
      {
        names: 'discord_batch_convert_exports discord_convert_export',
        reason: 'replaced',
        use: 'load_dataset save_dataset',
        advice: 'load_dataset reads a CSV export, and save_dataset writes it in another format.'
      }
    ]
  },
  {
    id: 'email_tools',
    kept: '',
    groups: [
      {
        names: 'email_analyze_export email_search_export',
        reason: 'replaced',
        use: 'load_dataset query_dataset',
        advice: 'Load an export in CSV or JSON with load_dataset and ask query_dataset.'
      },
      {
        names: 'email_export_folder email_fetch_emails email_list_folders email_test_connection',
        reason: 'absent',
        use: 'convert_file',
        advice:
          'No mailbox is opened here. Save messages as .eml files with your mail program; convert_file reads them.'
      },
      {
        names: 'email_parse_eml',
        reason: 'replaced',
        use: 'convert_file',
        advice: 'convert_file reads an .eml file.'
      }
    ]
  },
  {
    id: 'web_scraping_tools',
    kept: '',
    groups: [
      {
        names: 'check_scraper_methods_tool',
        reason: 'dropped',
        use: 'download_url_tool',
        advice: 'There is one way to fetch: download_url_tool, over HTTPS. It starts no browser.'
      },
      {
        names: 'scrape_multiple_urls_tool scrape_url_tool',
        reason: 'replaced',
        use: 'download_url_tool convert_file create_warc',
        advice:
          'download_url_tool fetches a page and convert_file gives its text, one URL a call; scripts of the page do not run.'
      }
    ]
  }
]
