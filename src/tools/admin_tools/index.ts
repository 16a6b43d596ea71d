import type { Category } from '../../core/tool.ts'
import { cleanupResources } from './cleanup_resources.ts'
import { configureSystem } from './configure_system.ts'
import { getSystemStatus } from './get_system_status.ts'
import { manageEndpoints } from './manage_endpoints.ts'
import { manageService } from './manage_service.ts'
import { systemHealth } from './system_health.ts'
import { systemMaintenance } from './system_maintenance.ts'
import { systemStatus } from './system_status.ts'
import { updateConfiguration } from './update_configuration.ts'

export const adminTools: Category = {
  id: 'admin_tools',
  title: 'Administration',
  summary: 'Status, settings, services, maintenance and model endpoints of the server',
  tools: [
    systemStatus,
    getSystemStatus,
    systemHealth,
    configureSystem,
    updateConfiguration,
    manageService,
    systemMaintenance,
    cleanupResources,
    manageEndpoints
  ]
}
