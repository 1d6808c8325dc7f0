import type { EntityKind } from '../../../alert/alert.ts';

/**
 * Names under which products write the fields of an alert, as lower-case letters and digits, best first. `a.b` is `b`
 * within `a`. Names of ECS, OCSF and of common products.
 */
export const GENERIC_FIELDS = {
  /** Names of the alert's own title; any other name that ends in title comes next, then {@link title}. */
  own_title: words(
    'alerttitle alertdisplayname alertname alert title eventdefinitiontitle searchname alert.title',
    'ruletitle alert.name findinginfo.title detectionname detection.name threatname incidentname alarmname',
    'trigger.name problemname casename threatdetails alertdescription entitydisplayname titre titel titulo regel',
    'meldung bezeichnung alerta alerte alarma',
  ),
  title: words(
    'rulename detectionrule rule.name rule.title policy.name detector.name rule.description rule.comment signature',
    'signaturename attack attackname malwarename virusname virusfound malwarefound infection detect detection situation checkname signname pluginname displayname headline subject summary eventname',
    'shortmessage name rule message message.text msg description activity',
  ),
  /** Asked after the guesses by parts of names. */
  weak_title: words(
    'policies policyname policy control displayname reason event.action alerttype eventtype servicedesc',
    'servicedescription serviceoutput pluginoutput output hostoutput type cat method msgid text body',
    'content eventid',
  ),
  rule_id: words(
    'ruleid rule.id rule.uuid ruleuuid ruleuid signatureid detectionruleid analytic.uid detectorid',
    'policyid policy.id monitorid checkid',
  ),
  rule_name: words(
    'rulename rule.name rule.title signature signaturename analytic.name detectorname searchname',
    'policyname policy.name rule detector monitorname',
  ),
  occurred_at: words(
    'occurredat occurredtime occurtime occurrencetime timeofoccurrence occurred eventtime eventtimestamp',
    'event.start firstseen firstseenat firstactivity firstactivitytime firstobserved firsteventtime',
    'starttime startedat startsat detectedat detectiontime detectiontimestamp detecteddatetime detecttime',
    'observedat triggeredat triggertime triggeredtime raisedat alerttime alerttimestamp alertdate',
    'timestamp time timegenerated timereported event.created createdat created createdtime',
    'createddatetime creationtime createtime createddate datetime date eventdate datecreate datecreated',
    'generatedat generatedtime reportedat reportedtime receivedat receivedtime lastseen lastactivity',
    'updatedat lastupdated ts t tstamp when datum zeit zeitpunkt fecha fechahora hora heure horodatage dataora',
    'datahora',
  ),
  created_at: words(
    'createdat created createdtime createddatetime creationtime createtime createddate event.created',
    'generatedat',
  ),
  severity: words(
    'alertseverity severitylabel severityname severitylevel severitytext severitystring alertlevel',
    'eventlevel severity.label severity.name severity.level severity.value severity.description severity',
    'rule.severity policy.severity detector.severity alertseverityid syslogseverity severityid',
    'severityscore severity.id threatseverity eventseverity sev threatlevel threatlevelid risklevel',
    'riskrating riskfactor criticality urgency priority prioritylevel prioritylabel urgency.display priority.name',
    'priority.label level loglevel rating impact risk pri servicestate hoststate alarmsev schweregrad',
    'importance stufe prioritat gravedad severidad severidade prioridad gravite severite criticite niveau gravita',
    'ernst',
  ),
  vendor_score: ['riskscore', 'threatscore', 'risk.score', 'score', 'confidencescore', 'confidence'],
  category: words('alertcategory category categories alerttype event.category eventtype type kind class'),
  vendor: ['vendor', 'vendorname', 'devicevendor', 'observer.vendor', 'manufacturer', 'product.vendorname'],
  product: words(
    'product productname deviceproduct observer.product product.name sourceproduct event.module',
    'event.provider provider source sourcename sourcetype detectionsource sensortype tool application',
    'service module engine',
  ),
  tenant: words(
    'tenantid tenant.id tenant tenantname customerid customer.id customer customername organizationid',
    'organization.id orgid organization org workspaceid clientid siteid',
  ),
  incident_id: ['incidentid', 'incident.id', 'caseid', 'case.id', 'offenseid', 'campaignid'],
} as const;

/** Names of one entity kind: by the last name of the path, or by its last two with a dot. */
export const GENERIC_ENTITIES: Readonly<Partial<Record<EntityKind, readonly string[]>>> = {
  host: words(
    'rechner equipo poste hote ordinateur maquina',
    'host hostname hostfqdn pcname station stationname computer computername machine machinename device devicename endpoint endpointname workstation',
    'workstationname server servername fqdn dnsname nodename node asset assetname agentname agenthostname srchost dsthost',
    'desthost originhost where sourcehost sourcehostname destinationhost destinationhostname targethost targethostname shost dhost',
    'devicehostname affectedhost impactedhost hostidentifier cmdbci configurationitem sourceendpoint destinationendpoint instancename vmname virtualmachine netbiosname container.name podname pod',
    'host.name host.hostname device.name device.hostname endpoint.name machine.name computer.name asset.name agent.name',
    'agent.hostname server.name workload.name vm.name target.hostname source.hostname srcendpoint.hostname hosts devices endpoints machines computers',
  ),
  user: words(
    'user username userid account accountname login loginname actor actorname principal principalname suser duser srcuser',
    'dstuser sourceuser destinationuser usuario utilisateur benutzer benutzername targetuser targetusername subjectusername upn userprincipalname samaccountname',
    'useremail affecteduser impacteduser userdisplayname identity loginid employee usr users accounts impersonateduser violator violatortext who loggeduser loggedonuser byuser',
    'actor.alternateid user.name user.id user.username user.email account.name account.username actor.name actor.email actor.displayname',
    'identity.name identity.principal principal.name principal.email user.upn user.displayname owner.username',
  ),
  file: words(
    'file filename filepath filefullpath fullfilepath targetfilename fname filefullname objectpath attachment attachmentname',
    'file.name file.path file.fullpath fd.name fullpath path files',
  ),
  process: words(
    'process processname processpath processcommandline commandline cmdline command cmd image executable executablepath',
    'parentprocess parentprocessname parentcommandline newprocessname proc initiatingprocess procname exe',
    'binary process.name process.commandline process.executable process.path process.cmdline parent.name parent.commandline',
  ),
  domain: words(
    'domain domainname dnsquery dnsqueryname query queryname sni servername rrname destinationdomain dstdomain requestdomain',
    'dns.question question.name domain.name requestedhost httphost c2domain maliciousdomain',
  ),
  email: words(
    'sender senders recipient recipients mailfrom mailto rcptto senderaddress recipientaddress fromaddress toaddress',
  ),
  registry: words(
    'registry registrykey registrypath registryvalue registry.key registry.path targetobject regkey',
  ),
  cloud_resource: words(
    'resourceid resourcearn arn resourcename instanceid bucket bucketname azureresourceid azureid functionname clustername',
    'resource.id resource.arn resource.name resource.uid imageid cloudresource',
  ),
};

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** Type words in lists of `{type, value}`, as lower-case letters and digits. */
export const ENTITY_TYPE_WORDS: Readonly<Record<string, EntityKind>> = {
  ip: 'ip',
  ipv4: 'ip',
  ipv6: 'ip',
  ipaddress: 'ip',
  ipaddr: 'ip',
  ipv4addr: 'ip',
  ipv6addr: 'ip',
  sourceip: 'ip',
  destinationip: 'ip',
  srcip: 'ip',
  dstip: 'ip',
  ipsrc: 'ip',
  ipdst: 'ip',
  address: 'ip',
  host: 'host',
  hostname: 'host',
  device: 'host',
  machine: 'host',
  computer: 'host',
  endpoint: 'host',
  server: 'host',
  asset: 'host',
  fqdn: 'host',
  system: 'host',
  user: 'user',
  username: 'user',
  account: 'user',
  identity: 'user',
  principal: 'user',
  useraccount: 'user',
  file: 'file',
  filename: 'file',
  filepath: 'file',
  hash: 'hash',
  filehash: 'hash',
  md5: 'hash',
  sha1: 'hash',
  sha256: 'hash',
  sha512: 'hash',
  filehashesmd5: 'hash',
  filehashessha1: 'hash',
  filehashessha256: 'hash',
  filehashmd5: 'hash',
  filehashsha1: 'hash',
  filehashsha256: 'hash',
  process: 'process',
  processname: 'process',
  commandline: 'process',
  command: 'process',
  url: 'url',
  uri: 'url',
  link: 'url',
  domain: 'domain',
  domainname: 'domain',
  internetdomainname: 'domain',
  dns: 'domain',
  email: 'email',
  emailaddress: 'email',
  mail: 'email',
  emailsrc: 'email',
  emaildst: 'email',
  emailsender: 'email',
  emailrecipient: 'email',
  mailbox: 'email',
  registry: 'registry',
  registrykey: 'registry',
  regkey: 'registry',
  registryvalue: 'registry',
  resource: 'cloud_resource',
  cloudresource: 'cloud_resource',
  arn: 'cloud_resource',
  instance: 'cloud_resource',
  bucket: 'cloud_resource',
};

/** Telemetry by name; later names count only where the earlier are absent. */
export const GENERIC_TELEMETRY: Readonly<Record<string, readonly string[]>> = {
  bytes_sent: words(
    'bytessent bytesout sentbytes outbytes bytestoserver source.bytes bytesuploaded txbytes srcbytes',
  ),
  bytes_recv: words(
    'bytesrecv bytesreceived bytesin receivedbytes inbytes rcvdbytes bytestoclient destination.bytes rxbytes dstbytes',
  ),
  packets_sent: words('packetssent packetsout pktstoserver source.packets sentpackets'),
  packets_recv: words('packetsrecv packetsreceived packetsin pktstoclient destination.packets'),
  duration_ms: words('durationms durationmillis elapsedms'),
  failed_logins: words(
    'failedlogins failedlogincount failedattempts loginfailures failurecount failedloginattempts',
  ),
  unique_ports: words('uniqueports distinctports portcount nports'),
  status_code: words('statuscode httpstatus httpstatuscode responsecode response.statuscode'),
  payload_size: words('payloadsize payloadbytes bodybytes'),
  event_count: words(
    'eventcount eventscount numevents numberofevents eventcounts hitcount occurrences matchcount',
  ),
};
