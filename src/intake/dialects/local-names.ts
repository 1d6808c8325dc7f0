// What people call the fields of an alert or ticket where their tools speak another language, as lower-case letters without
// accents and marks, under the name that is read. German, French, Spanish, Portuguese, Italian, Dutch, Polish, Japanese,
// Chinese; words that mean something else in English stand here only together with another.
const LOCAL: Readonly<Record<string, string>> = {
  id: 'identifiant identificativo identificador identyfikator',
  alert_id:
    'iddealerta iddelalerte iddoalerta idavviso alarmnummer meldungsnummer meldingnummer meldungsid vorfallid vorfallnummer vorgangsnummer ticketnummer numerodealerta numerodelalerte numerodoalerta numeroalerte ndealerta アラートid アラート番号 インシデントid インシデント番号 チケット番号 告警id 告警编号 事件id 事件编号 工单编号',
  number: 'nummer numero vorgangsnr',
  title:
    'titel titre titulo bezeichnung intitule libelle titolo titulodelaalerta nomdelalerte nombredelaalerta nomedoalerta betreff oggetto asunto assunto sujet objet onderwerp omschrijving tytul nazwa nomealerta タイトル 件名 アラート名 概要 标题 告警名称 事件名称 名称',
  severity:
    'schweregrad gravedad severidad severidade gravite severite gravita gravidade ernst urgentie zwaarte waga priorytet dringlichkeit kritikalitat kritikalitaet prioritaet criticidad criticidade niveaudegravite niveldegravedad niveldeseveridad 重大度 深刻度 重要度 緊急度 危険度 严重性 严重程度 级别 告警级别 威胁等级 风险等级',
  detected_at:
    'zeitpunkt fecha fechahora horodatage datededetection datedetection dateheure datedelalerte datedebut fechadedeteccion fechadeteccion fechaalerta fechadelaalerta fechayhora datadedeteccao datadeteccao datadoalerta dataehora dataora dataeora rilevatoil datarilevamento zeitstempel erkanntam erkannt aufgetretenam datumuhrzeit tijdstip gedetecteerdop datumtijd dataczas 検知日時 検出日時 発生日時 日時 发生时间 检测时间 告警时间 时间',
  created_at:
    'erstelltam erstellt angelegtam eroeffnetam eroffnetam creele datedecreation creadoel fechadecreacion criadoem datadecriacao creatoil datacreazione aangemaaktop utworzono 作成日時 创建时间',
  source_ip:
    'quellip quelladresse ipsource adresseipsource ipdorigine adressesource ipdeorigen iporigen direccionipdeorigen direccionorigen ipdeorigem iporigem enderecodeorigem ipdiorigine indirizzoipsorgente ipsorgente bronip bronadres zrodloweip 送信元ip 送信元ipアドレス 送信元アドレス 接続元ip 源ip 源地址 来源ip 攻击者ip',
  destination_ip:
    'zielip zieladresse ipdestination adresseipdestination ipcible ipdedestino ipdestino direcciondestino enderecodedestino ipdidestinazione ipdestinazione indirizzoipdestinazione doelip doeladres 宛先ip 宛先ipアドレス 送信先ip 接続先ip 目的ip 目的地址 目标ip',
  ip_address: 'ipadresse adresseip direccionip enderecoip indirizzoip ipadres adresip ipアドレス ip地址',
  hostname:
    'rechnername geraet gerat geratename geraetename endgerat endgeraet arbeitsplatz machinehote nomdhote poste postedetravail ordinateur appareil nomdelordinateur equipo nombredelequipo nombredeequipo dispositivo servidor maquina computador estacao estacion postazione nomehost apparaat werkstation komputer ホスト ホスト名 端末 端末名 コンピュータ名 機器名 主机 主机名 主机名称 资产名称 终端',
  username:
    'benutzerkonto konto nutzer nutzername anwender utilisateurconcerne nomdutilisateur compte compteutilisateur nombredeusuario cuenta cuentadeusuario nomedeusuario nomedousuario utilizador conta contadeusuario utente nomeutente gebruiker gebruikersnaam uzytkownik ユーザ ユーザー ユーザー名 ユーザ名 アカウント 用户 用户名 账号 账户',
  description: 'beschreibung descripcion descricao descrizione beschrijving opis 説明 詳細 描述 详情',
  rule_name:
    'regelname nomdelaregle regle nombredelaregla regla nomedaregra regra nomeregola regola regelnaam ルール ルール名 規則 规则 规则名称',
  category: 'kategorie categorie categoria kategoria カテゴリ カテゴリー 種別 分類カテゴリ 类别 告警类型',
  file_path:
    'dateipfad dateiname datei cheminfichier fichier nomdufichier archivo rutadearchivo arquivo caminhodoarquivo percorsofile bestand bestandspad ファイル ファイル名 ファイルパス 文件 文件名 文件路径',
  process_name:
    'prozess prozessname processus nomduprocessus proceso processo processnaam プロセス プロセス名 进程 进程名',
  status:
    'estado statut etat stato bearbeitungsstatus statusdestickets ステータス 状態 対応状況 状态 处理状态',
  verdict:
    'bewertung einstufung befund urteil verdikt classificatie beoordeling oordeel veredito veredicto verdetto dictamen clasificacion classificacao classificazione conclusie analyseergebnis 判定 判定結果 分析結果 調査結果 判断结果 研判结果 处置结论 结论',
  close_reason:
    'abschlussgrund schliessungsgrund schliessgrund abschlusscode losung loesung losungscode loesungscode motifdecloture motifcloture motifdefermeture codedecloture motivodecierre motivocierre razondecierre razoncierre codigocierre codigodecierre motivodefechamento motivofechamento motivoencerramento motivodoencerramento codigodefechamento motivodichiusura motivochiusura codicechiusura reden redenvansluiting sluitingsreden powodzamkniecia クローズ理由 完了理由 終了理由 关闭原因 处置结果',
  closed_by:
    'geschlossenvon abgeschlossenvon beendetvon clospar fermepar clotureepar cloturepar cerradopor fechadopor encerradopor chiusoda geslotendoor afgeslotendoor zamknietyprzez クローズ担当者 完了者 关闭人 处置人',
  closed_at:
    'geschlossenam abgeschlossenam beendetam clotureele clotuerele fermele datedecloture datedefermeture cerradoel fechadecierre fechacierre fechadoem encerradoem datadefechamento datafechamento datadeencerramento chiusoil datachiusura datadichiusura geslotenop afgeslotenop zamknieto クローズ日時 完了日時 終了日時 关闭时间 处置时间',
  assigned_to:
    'bearbeiter bearbeiterin zustandig zustaendig zugewiesenan verantwortlich assignea attribuea responsable asignadoa analista asignado responsavel technicien tecnico tecnicoasignado technicus atribuidoa atribuidopara assegnatoa incaricato behandelaar toegewezenaan eigenaar przypisanydo 担当者 担当 対応者 负责人 处理人',
  close_notes:
    'abschlusskommentar losungstext loesungstext commentairedecloture comentariodecierre comentariodefechamento notedichiusura クローズコメント',
  comment:
    'kommentar kommentare bemerkung bemerkungen commentaire commentaires comentario comentarios commento commenti opmerking opmerkingen コメント 备注',
};

const NAMES = new Map<string, string>();
for (const [name, words] of Object.entries(LOCAL)) for (const word of words.split(' ')) NAMES.set(word, name);

// Keys come back alert after alert; cleared when full so that payloads cannot grow it.
const answers = new Map<string, string | undefined>();
const MAX_ANSWERS = 4000;
const MAX_LENGTH = 48;

/** The name under which a field is read that its sender calls by a word of another language; undefined for any other key. */
export function localName(key: string): string | undefined {
  if (key.length > MAX_LENGTH) return undefined;
  if (answers.has(key)) return answers.get(key);
  if (answers.size >= MAX_ANSWERS) answers.clear();
  const name = NAMES.get(lettersOf(key));
  answers.set(key, name);
  return name;
}

const lettersOf = (key: string): string =>
  key
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .normalize('NFKC');
