// Names under which products, Microsoft's above all, appear across its APIs and over the years, letters and digits only.
const PRODUCTS: Readonly<Record<string, string>> = {
  azuresentinel: 'microsoft_sentinel',
  microsoftsentinel: 'microsoft_sentinel',
  asischeduledalerts: 'microsoft_sentinel',
  asinrtalerts: 'microsoft_sentinel',
  asi: 'microsoft_sentinel',
  customalertrule: 'microsoft_sentinel',
  azuresecuritycenter: 'defender_for_cloud',
  asc: 'defender_for_cloud',
  microsoftdefenderforcloud: 'defender_for_cloud',
  azuredefender: 'defender_for_cloud',
  microsoftdefenderadvancedthreatprotection: 'defender_for_endpoint',
  windowsdefenderatp: 'defender_for_endpoint',
  mdatp: 'defender_for_endpoint',
  microsoftdefenderforendpoint: 'defender_for_endpoint',
  azureadvancedthreatprotection: 'defender_for_identity',
  azureatp: 'defender_for_identity',
  microsoftdefenderforidentity: 'defender_for_identity',
  office365advancedthreatprotection: 'defender_for_office',
  oatp: 'defender_for_office',
  microsoftdefenderforoffice365: 'defender_for_office',
  office365securityandcompliance: 'office_365_compliance',
  officeatp: 'defender_for_office',
  microsoftcloudappsecurity: 'defender_for_cloud_apps',
  microsoftdefenderforcloudapps: 'defender_for_cloud_apps',
  appgovernance: 'defender_for_cloud_apps',
  microsoftappgovernance: 'defender_for_cloud_apps',
  mcas: 'defender_for_cloud_apps',
  azureactivedirectoryidentityprotection: 'entra_id_protection',
  aadidentityprotection: 'entra_id_protection',
  microsoftentraidprotection: 'entra_id_protection',
  azureadidentityprotection: 'entra_id_protection',
  ipc: 'entra_id_protection',
  microsoft365defender: 'defender_xdr',
  microsoftdefenderxdr: 'defender_xdr',
  microsoftthreatprotection: 'defender_xdr',
  m365defender: 'defender_xdr',
  microsoftdatalossprevention: 'purview_dlp',
  datalossprevention: 'purview_dlp',
  microsoftpurviewdatalossprevention: 'purview_dlp',
  guardduty: 'aws_guardduty',
  amazonguardduty: 'aws_guardduty',
  securityhub: 'aws_security_hub',
  inspector: 'aws_inspector',
  macie: 'aws_macie',
  azuresecuritycenterforiot: 'defender_for_iot',
  microsoftdefenderforiot: 'defender_for_iot',
};

/** The source of a product name that is a known alias, else undefined. */
export function knownSource(name: string): string | undefined {
  const letters = name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return Object.hasOwn(PRODUCTS, letters) ? PRODUCTS[letters] : undefined;
}

/** A product's name as a source: a known alias, else the words in lower case with underscores, at most 64 units. */
export function sourceOfProduct(name: string): string {
  const known = knownSource(name);
  if (known !== undefined) return known;
  const words = name
    .slice(0, 200)
    // One product has one source, whether it comes as an enum or as a name: microsoftSecurityForAI.
    .replace(/([a-z])([A-Z])/g, name.includes(' ') || /^[A-Z]/.test(name) ? '$1$2' : '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
  return words.slice(0, 64) || 'unknown';
}
