import type { Category } from '../../core/tool.ts'
import { callHistory } from './call_history.ts'
import { checkHealth } from './check_health.ts'
import { collectMetrics } from './collect_metrics.ts'
import { generateMonitoringReport } from './generate_monitoring_report.ts'
import { getPerformanceMetrics } from './get_performance_metrics.ts'
import { healthCheck } from './health_check.ts'
import { manageAlerts } from './manage_alerts.ts'
import { monitorServices } from './monitor_services.ts'

export const monitoringTools: Category = {
  id: 'monitoring_tools',
  title: 'Monitoring',
  summary: 'Health, figures of host and process, services, alerts and reports',
  tools: [
    healthCheck,
    checkHealth,
    getPerformanceMetrics,
    collectMetrics,
    callHistory,
    monitorServices,
    manageAlerts,
    generateMonitoringReport
  ]
}
