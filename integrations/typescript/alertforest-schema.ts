// Generated from docs/openapi.json by scripts/openapi.ts.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description One alert as its vendor wrote it, or in the canonical form of the schema Alert. */
        AlertPayload: {
            [key: string]: unknown;
        };
        Alert: {
            id: string;
            id_scope?: string;
            title: string;
            rule_id?: string;
            rule_name?: string;
            source: string;
            vendor?: string;
            tenant?: string;
            incident_id?: string;
            /** @default unknown */
            severity?: components["schemas"]["Severity"];
            vendor_score?: number;
            /** Format: date-time */
            occurred_at: string;
            /** Format: date-time */
            created_at?: string;
            category?: string;
            /** @default [] */
            tactics?: string[];
            /** @default [] */
            techniques?: string[];
            /** @default [] */
            entities?: components["schemas"]["Entity"][];
            telemetry?: {
                [key: string]: number;
            };
            raw?: unknown;
        };
        /** @enum {string} */
        Severity: "informational" | "low" | "medium" | "high" | "critical" | "unknown";
        Entity: {
            kind: components["schemas"]["EntityKind"];
            value: string;
            role?: components["schemas"]["EntityRole"];
        };
        /** @enum {string} */
        EntityKind: "ip" | "host" | "user" | "file" | "hash" | "process" | "url" | "domain" | "email" | "registry" | "cloud_resource" | "other";
        /** @enum {string} */
        EntityRole: "attacker" | "victim" | "impacted" | "related";
        /** @description Up to MAX_BATCH_ALERTS alerts, formats mixed as they come. */
        AlertBatch: {
            alerts: {
                [key: string]: unknown;
            }[];
        };
        IncidentJudgement: {
            disposition: components["schemas"]["Disposition"];
            risk_score?: number;
            analyst?: string;
            comment?: string;
        };
        /** @enum {string} */
        Disposition: "true_positive" | "false_positive" | "suspicious" | "benign";
        QuietRequest: {
            tenant?: string;
            /** @description Its id as alerts carry it, else its name, else the title with # for numbers. */
            rule?: string;
            /** @description The product that raises the alerts. */
            source?: string;
            /** @default 24 */
            hours?: number;
            by?: string;
            why?: string;
        };
        FeedbackItem: {
            alert_key?: string;
            alert_id?: string | number;
            tenant?: string;
            source?: string;
            disposition: components["schemas"]["Disposition"];
            risk_score?: number;
            analyst?: string;
            comment?: string;
            /** @description The alert itself, any known format; needed where the service has not scored it. */
            alert?: {
                [key: string]: unknown;
            };
        };
        /** @description A closed incident or alert as its vendor wrote it; its classification is the judgement. */
        ClosedRecord: {
            [key: string]: unknown;
        };
        ReplayRequest: {
            /** @description Analyst whose votes are left out. */
            without: string;
            /** @description Only votes from then on, ISO 8601. */
            since?: string;
            /**
             * @description Take the exclusion back.
             * @default false
             */
            lift?: boolean;
            why?: string;
            by?: string;
        };
        ActivationRequest: {
            why?: string;
            by?: string;
        };
        RetrainRequest: {
            /** @default false */
            force?: boolean;
            why?: string;
            by?: string;
        };
        PolicyRequest: {
            policy?: components["schemas"]["Policy"];
            critical_cases?: {
                /** @default [] */
                add?: {
                    id: string;
                    alert: {
                        [key: string]: unknown;
                    };
                }[];
                /** @default [] */
                retire?: {
                    id: string;
                    why: string;
                }[];
                seq?: number;
                cases?: {
                    id: string;
                    alert: components["schemas"]["Alert"];
                    by: string;
                    /** Format: date-time */
                    at: string;
                }[];
                retired?: {
                    id: string;
                    by: string;
                    why: string;
                    /** Format: date-time */
                    at: string;
                }[];
            } | null;
            /** @description As GET answers it: taken as its policy, while the stored one has its seq. */
            document?: components["schemas"]["PolicyDocument"];
            /** @description As GET answers it; follows from the policy. */
            close_below?: number;
            /** @description As GET answers it; not to be set. */
            uncovered?: string[];
            /** @description Replace only while the stored policy has this seq. */
            if_seq?: number;
            by?: string;
            why?: string;
        };
        Policy: {
            /**
             * @default {
             *       "missed_attack": 50000,
             *       "false_alarm": 500,
             *       "correct_close": 100
             *     }
             */
            costs?: components["schemas"]["CostMatrix"];
            /**
             * @description Attack probability below which closing is considered; null takes it from the costs.
             * @default null
             */
            close_below?: number | null;
            /**
             * @description Accepted share of alerts of a class whose conformal set leaves that class out.
             * @default 0.05
             */
            alpha?: number;
            /**
             * @description Share of the alerts that would be closed which a person looks at all the same.
             * @default 0.02
             */
            audit_share?: number;
            /**
             * @default {
             *       "source": 50,
             *       "rule": 10,
             *       "tenant": 20
             *     }
             */
            close_from?: components["schemas"]["CloseFrom"];
            /**
             * @default {
             *       "critical": 90,
             *       "high": 70,
             *       "medium": 40
             *     }
             */
            risk_levels?: components["schemas"]["RiskLevels"];
        };
        CostMatrix: {
            /**
             * @description Cost of closing an attack.
             * @default 50000
             */
            missed_attack?: number;
            /**
             * @description Cost of looking at what is no attack.
             * @default 500
             */
            false_alarm?: number;
            /**
             * @description Gain of closing what is no attack.
             * @default 100
             */
            correct_close?: number;
        };
        /** @description Judged alerts of its source, rule and tenant before an alert is closed. */
        CloseFrom: {
            /** @default 50 */
            source?: number;
            /** @default 10 */
            rule?: number;
            /** @default 20 */
            tenant?: number;
        };
        /** @description Lowest final_score of each level; below medium it is low. */
        RiskLevels: {
            /** @default 90 */
            critical?: number;
            /** @default 70 */
            high?: number;
            /** @default 40 */
            medium?: number;
        };
        PolicyDocument: {
            /** @description 0 is the built-in policy: none was stored yet. */
            seq: number;
            policy: components["schemas"]["Policy"];
            by: string;
            why: string;
            updated_at: string;
        };
        BulkRulingRequest: {
            /** @enum {string} */
            action: "confirm" | "reject";
            rule_key?: string;
            analyst?: string;
            guard?: string;
            /**
             * Format: date-time
             * @description Judged at or after.
             */
            since?: string;
            /**
             * Format: date-time
             * @description Judged before.
             */
            until?: string;
            /** @default false */
            dry_run?: boolean;
            by?: string;
            why?: string;
        };
        RulingRequest: {
            /** @enum {string} */
            action: "confirm" | "reject";
            by?: string;
            why?: string;
        };
        ForgetRequest: {
            /** @description As it stands in votes and closings. */
            analyst: string;
            by?: string;
            why?: string;
        };
        RuleSettingRequest: {
            id?: string;
            title?: string;
            /** @enum {string} */
            level?: "informational" | "low" | "medium" | "high" | "critical";
            /**
             * @description The rule speaks against an attack, this strongly.
             * @enum {string}
             */
            against?: "low" | "medium" | "high";
            reason?: string;
            /** @description Folder of the rule; rules of one overlap. */
            module?: string;
            /** @enum {string} */
            origin?: "shipped" | "customer";
            /** @description What a hit brings now, in nats, the factor included: > 0 for an attack, < 0 against one. */
            evidence?: number;
            /** @description In nats, before the factor; learned from judgements with the classifier that serves. Null: the level weighs. */
            learned_evidence?: number | null;
            /** @description Judged incidents in which it hit; counted anew each minute. */
            judged?: number;
            /** @description Share of the judged incidents on its side: attacks, or harmless ones where it speaks against. */
            precision?: number | null;
            /** @description Of a 95 % Wilson interval. */
            precision_low?: number | null;
            precision_high?: number | null;
            /**
             * @description From 5 judged incidents on: `retire` where it is surely right less often than its side is among all judged incidents, `tune` where it may be.
             * @enum {string|null}
             */
            advice?: "keep" | "tune" | "retire" | null;
            /** @description What it adds to the models: how much more an alert would cost without it, in the units of the cost matrix, over the judged alerts of the serving classifier, with a 95 % interval; below 0 where it costs more than it saves. Null where it hit none of them. */
            adds?: {
                value: number;
                low: number;
                high: number;
            } | null;
            /** @description On this instance since it started. */
            hits?: number;
            last_hit_at?: string | null;
            setting?: components["schemas"]["RuleSetting"];
            /** @description False: the rule is not asked any more. */
            enabled: boolean;
            /**
             * @description Factor on the rule's evidence: 0 counts nothing, 2 counts double.
             * @default 1
             */
            weight?: number;
            /** @description Kept with the change, for the record. */
            why: string;
            /** @description Who decides, where the caller has no name. */
            by?: string;
        };
        RuleSetting: {
            enabled: boolean;
            weight: number;
            why: string;
            by: string;
            at: string;
        };
        MendRequest: {
            by?: string;
            why?: string;
        };
        Verdict: {
            /** @description Names this verdict; scoring the alert again gives another. */
            verdict_id: string;
            alert_id: string;
            alert_key: string;
            disposition: components["schemas"]["Disposition"];
            /** @description Calibrated probability of the disposition. */
            confidence: number;
            probabilities: components["schemas"]["Probabilities"];
            risk_score: number;
            is_anomaly: boolean;
            anomaly_score: number;
            ml_score: number;
            /** @description Null with the rules off, and where the alert has none of the fields that rules test. */
            rule_score: number | null;
            /** @description Rules that hit, strongest first; at most 64. */
            rules: components["schemas"]["RuleHit"][];
            final_score: number;
            /** @enum {string} */
            risk_level: "low" | "medium" | "high" | "critical";
            /** @enum {string} */
            decision: "close" | "review" | "escalate";
            decision_reason?: string;
            /**
             * @description Only where the stored policy cannot be read and none was read before: the built-in one decides, nothing is closed.
             * @enum {string}
             */
            policy?: "default";
            context: components["schemas"]["VerdictContext"];
            incident: components["schemas"]["VerdictIncident"] | null;
            reasons: string[];
            /** @description Indicators that the entities of the alert hit, most confident first; null where nothing was looked up: off or loading. */
            intel: {
                source: string;
                kind: string;
                confidence: number;
            }[] | null;
            /** @description With debug=timing: microseconds by stage. */
            timing?: {
                [key: string]: number;
            };
            versions: components["schemas"]["ServedVersions"];
            input: components["schemas"]["InputReport"];
            scored_at: string;
            explanation: components["schemas"]["Explanation"] | null;
            /** @description With similar: the nearest judged alerts. */
            similar?: components["schemas"]["SimilarAlerts"];
            /** @description With what_if: one change at a time, what moves the final score most first. */
            what_if?: components["schemas"]["WhatIf"][];
        };
        /** @description Calibrated; sums to 1 before rounding. */
        Probabilities: {
            true_positive: number;
            false_positive: number;
            suspicious: number;
            benign: number;
        };
        RuleHit: {
            /** @description Name of the rule, see GET /rules/{id}. */
            id: string;
            /** @enum {string} */
            level: "informational" | "low" | "medium" | "high" | "critical";
            /** @description Evidence in nats: above 0 it speaks for an attack, below 0 against one. */
            weight: number;
            /** @description The hit holds only because a field is absent; it weighs half. */
            half: boolean;
            /** @description With explain: where the rule found something. A correlation has none. */
            fields?: {
                /** @description As rules name it; empty where everything was searched. */
                name: string;
                /** @description With RULE_VALUES=on: up to three values, each cut to 200 characters. */
                values?: string[];
            }[];
        };
        VerdictContext: {
            /** @description How much stands out about the alert; null in a tenant's first day. */
            score: number | null;
            /** @description ml_score = (1 - share) x models + share x score: the context leads until alerts are judged; null where the models speak alone. */
            lead: {
                score: number;
                share: number;
            } | null;
            /** @description Whether the alert stands out. Such an alert is never closed. */
            notable: boolean;
            /** @description The tenant has been watched for less than a day: severity and rules decide. */
            warming_up: boolean;
            /** @description Stages that gave nothing, and why. */
            stages?: {
                [key: string]: "loading" | "late" | "failed";
            };
        };
        VerdictIncident: {
            id: string;
            /** @description Whether the incident may still merge into another; ask for it by this id all the same. */
            provisional: boolean;
            size: number;
            rules: number;
            score: number;
            /** @description ATT&CK tactics in the order they were reached. */
            tactics: string[];
            joined_by: string[];
        };
        ServedVersions: {
            classifier: string;
            anomaly: string;
            scorer: string;
        };
        InputReport: {
            /** @description Vendor format the payload was recognised as. */
            dialect: string;
            completeness: number;
            warnings: string[];
            /** @description With debug=mapping: canonical field -> where it was read from. */
            fields?: {
                [key: string]: string;
            };
            missing?: string[];
            alert?: components["schemas"]["AlertAsRead"];
            /** @description True where this alert was scored before, for example without its entities. */
            rescored?: boolean;
        };
        /** @description With debug=mapping: the alert as it was read. */
        AlertAsRead: {
            id: string;
            id_scope?: string;
            title: string;
            rule_id?: string;
            rule_name?: string;
            source: string;
            vendor?: string;
            tenant?: string;
            incident_id?: string;
            /** @default unknown */
            severity: components["schemas"]["Severity"];
            vendor_score?: number;
            /** Format: date-time */
            occurred_at: string;
            /** Format: date-time */
            created_at?: string;
            category?: string;
            /** @default [] */
            tactics: string[];
            /** @default [] */
            techniques: string[];
            telemetry?: {
                [key: string]: number;
            };
            entities: {
                kind: components["schemas"]["EntityKind"];
                value: string;
                role?: components["schemas"]["EntityRole"];
                from: string;
            }[];
        };
        Explanation: {
            /** @description final_score of an average alert. */
            base: number;
            /** @description Points by part of the blend; base + parts = final_score. */
            parts: {
                [key: string]: number;
            };
            contributions: components["schemas"]["Contribution"][];
            /** @description Sum of the contributions that are not listed. */
            other: number;
            reasons: string[];
            /** @description Why no explanation is given, where the parts do not add up. */
            withheld?: string;
        };
        Contribution: {
            /** @enum {string} */
            part: "classifier" | "anomaly" | "scorer" | "context" | "rule" | "base";
            feature: string;
            /** @description The feature value, null where missing. */
            value: number | null;
            /** @description Points of final_score this adds or takes. */
            points: number;
        };
        /** @description Judged alerts of the same tenant that the serving forest treats alike, most alike first. */
        SimilarAlerts: {
            /** @description Whose leaves they share, and whose judged alerts they are. */
            model: {
                /** @enum {string} */
                name: "classifier";
                version: string;
            };
            /** @description Judged alerts that were compared, of every tenant; the answer holds the own tenant alone. */
            judged: number;
            alerts: {
                alert_key: string;
                /** @description As that version learned it; a later judgement shows after the next retrain. */
                disposition: components["schemas"]["Disposition"];
                /** @description Share of the trees in which both end in the same leaf. */
                shared: number;
                occurred_at: string;
            }[];
            /** @description Why there is none, or what could not be read. */
            note?: string;
        };
        WhatIf: {
            /**
             * @description Another severity, an entity left out, a rule switched off.
             * @enum {string}
             */
            kind: "severity" | "entity" | "rule";
            /** @description The severity tried; `kind:value` of the entity; id of the rule. */
            value: string;
            final_score: number;
            /** @description Of the final score. */
            change: number;
            /** @enum {string} */
            risk_level: "low" | "medium" | "high" | "critical";
            disposition: components["schemas"]["Disposition"];
            /** @enum {string} */
            decision: "close" | "review" | "escalate";
        };
        BatchResult: {
            results: {
                index: number;
                verdict?: components["schemas"]["Verdict"];
                error?: components["schemas"]["Problem"];
                skipped?: components["schemas"]["Skip"];
                alert_key?: string;
                input?: components["schemas"]["InputReport"];
            }[];
        };
        /** @description RFC 9457 problem details. */
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            request_id: string;
            issues?: {
                path: string;
                message: string;
            }[];
        } & {
            [key: string]: unknown;
        };
        /** @description A record that is understood and no alert: it is not scored. */
        Skip: {
            code: string;
            reason: string;
            /** @description What the record is about: an alert, an incident, what to answer. */
            ref?: string;
        };
        Skipped: {
            skipped: components["schemas"]["Skip"];
            /** @description With debug=mapping: key of the alert that the record speaks of. */
            alert_key?: string;
            /** @description With debug=mapping: how the record was read. */
            input?: components["schemas"]["InputReport"];
        };
        IncidentList: {
            incidents: components["schemas"]["IncidentSummary"][];
            /** @description Routine alerts by rule and day; empty unless asked for by `kind=roll_up`. */
            roll_ups: components["schemas"]["RollUp"][];
            /** @description Items of the kind asked for that match, on all pages. */
            total: number;
            /** @description Where the next page begins; null on the last. */
            next_offset: number | null;
            /**
             * @description `alone`: storage was away at the start, so other instances are not heard yet.
             * @enum {string}
             */
            state: "loading" | "shared" | "alone";
        };
        IncidentSummary: {
            /** @description What the incident is called by now. */
            id: string;
            /** @description How much speaks for an attack; 20.6 and more is never closed. */
            score: number;
            alerts: number;
            rules: {
                name: string;
                alerts: number;
                /** @description How far its strongest alert stands out. */
                strength: number;
            }[];
            /** @description `kind:value`; empty where only hashes are kept. */
            entities: string[];
            tactics: {
                id: string;
                reached_at: string;
            }[];
            first_at: string;
            last_at: string;
            /** @enum {string} */
            state: "open" | "judged";
            /** @description The last judgement of the incident as a whole. */
            judged: {
                disposition: components["schemas"]["Disposition"];
                analyst: string;
                at: string;
            } | null;
        };
        RollUp: {
            /** @description Its name; `other rules` stands for those beyond 500 a day. */
            rule: string;
            /** @description The UTC day of the alerts, like 2026-03-01. */
            day: string;
            alerts: number;
            /** @description Where they were raised, the most alerts first; at most 50. */
            entities: {
                /** @description `kind:value`; empty where only hashes are kept. */
                entity: string;
                alerts: number;
            }[];
            /** @description Alerts that name no entity, or one beyond the 50 that are told apart. */
            elsewhere: number;
            first_at: string;
            last_at: string;
        };
        Incident: {
            /** @description What the incident is called by now. */
            id: string;
            /** @description How much speaks for an attack; 20.6 and more is never closed. */
            score: number;
            alerts: number;
            rules: {
                name: string;
                alerts: number;
                /** @description How far its strongest alert stands out. */
                strength: number;
            }[];
            /** @description `kind:value`; empty where only hashes are kept. */
            entities: string[];
            tactics: {
                id: string;
                reached_at: string;
            }[];
            first_at: string;
            last_at: string;
            /** @enum {string} */
            state: "open" | "judged";
            /** @description The last judgement of the incident as a whole. */
            judged: {
                disposition: components["schemas"]["Disposition"];
                analyst: string;
                at: string;
            } | null;
            /** @description The id it goes by now, where it was asked for by an earlier one. */
            merged_into: string | null;
            /** @description The strongest first; at most 150 are kept, all are counted. */
            members: {
                alert_key: string;
                title: string;
                rule: string;
                at: string;
                strength: number;
                /** @description entity, rule, new_rule, first_sight, pair, tenant or vendor_incident. */
                joined_by: string[];
                /** @description What it shared with the alerts before it, `kind:value`; empty where only hashes are kept. */
                joined_by_entities: string[];
                verdict_id: string | null;
                disposition: string | null;
                decision: string | null;
                final_score: number | null;
            }[];
        };
        IncidentJudged: {
            id: string;
            accepted: number;
            revised: number;
            duplicates: number;
            /** @description Members left alone: a person judged them one by one. */
            own_judgement: number;
            /** @description Members that the prediction log does not hold. */
            not_logged: number;
            pending: number;
            retrain_queued: boolean;
        };
        IncidentWithdrawn: {
            id: string;
            analyst: string;
            /** @description Members whose vote was taken back with it. */
            withdrawn: number;
            /** @description The judgement of the whole that stood. */
            before: {
                disposition: components["schemas"]["Disposition"];
                analyst: string;
                at: string;
            } | null;
            /** @description The one of another analyst that stands now. */
            after: {
                disposition: components["schemas"]["Disposition"];
                analyst: string;
                at: string;
            } | null;
            pending: number;
            retrain_queued: boolean;
        };
        Quiet: {
            until: string;
            /** @description Null where nothing was announced. */
            before: {
                until: string;
            } | null;
            /** @description A later moment announced before stays. */
            after: {
                until: string;
            };
        };
        FeedbackResult: {
            accepted: number;
            duplicates: number;
            revised: number;
            superseded: number;
            withdrawn: number;
            no_label: number;
            /** @description Alerts whose label changed and that no model has learned from yet, at the last count. */
            pending: number;
            retrain_after: number;
            retrain_queued: boolean;
            /** @description Why one record alone was answered so. */
            reason?: string;
            unread?: string;
            warnings?: string[];
            closing?: components["schemas"]["FeedbackClosing"];
            results?: components["schemas"]["FeedbackItemResult"][];
        };
        FeedbackClosing: {
            disposition: components["schemas"]["Disposition"] | "no_label";
            /** @enum {string} */
            by: "person" | "machine";
            analyst: string | null;
            closed_at: string | null;
            /** @description The vendor's own words. */
            words: string;
        };
        FeedbackItemResult: {
            index: number;
            /**
             * @description superseded: an older state of a record, or a claim under a name whose proven vote stands; withdrawn: its record was reopened or says nothing any more.
             * @enum {string}
             */
            status?: "accepted" | "duplicate" | "revised" | "superseded" | "withdrawn" | "no_label";
            alert_key?: string;
            reason?: string;
            /** @description A word in the place of the verdict that is in no vocabulary. */
            unread?: string;
            warnings?: string[];
            /** @description Alerts of an incident that follow its state as well. */
            members?: number;
            closing?: components["schemas"]["FeedbackClosing"];
            error?: components["schemas"]["Problem"];
        };
        StandingFeedback: {
            alert_key: string;
            /** @description null where nothing teaches. */
            label: components["schemas"]["Disposition"] | null;
            /** @enum {string|null} */
            from: "person" | "record" | null;
            /** @description Share of the votes that agree. */
            weight: number | null;
            /** @description The record that counts, else the newest that says nothing. */
            record: {
                id: string;
                /** @enum {string} */
                of: "alert" | "incident";
                /** @description The vendor's time of its newest state, else its receipt. */
                at: string;
                revision: number;
                /** @enum {string} */
                state: "open" | "closed";
                label: components["schemas"]["Disposition"] | null;
            } | null;
            snapshot: {
                severity: components["schemas"]["Severity"];
                scored_at: string | null;
                /**
                 * @description update: the payload its vendor had changed last by the time of the judgement; last: scored last before its receipt; sent: came with it; first: kept from the first judgement.
                 * @enum {string}
                 */
                choice: "update" | "last" | "sent" | "first";
            } | null;
        };
        ExportedVotes: {
            votes: components["schemas"]["ExportedVote"][];
            /** @description Go on with `after` this; null on the last page. */
            next: string | null;
        };
        ExportedVote: {
            alert_key: string;
            alert_id: string;
            tenant: string | null;
            source: string;
            severity: components["schemas"]["Severity"];
            occurred_at: string;
            disposition: components["schemas"]["Disposition"];
            risk_score: number | null;
            analyst: string;
            verified: boolean;
            /** @enum {string} */
            from: "person" | "record";
            at: string;
            /** @description Where the incident was judged as a whole. */
            incident_id: string | null;
            comment: string | null;
            /** @description What all votes amount to. */
            effective_disposition: components["schemas"]["Disposition"];
            agreement: number;
            /** @enum {string|null} */
            ruling: "confirm" | "reject" | null;
        };
        ExportedVerdicts: {
            verdicts: components["schemas"]["ExportedVerdict"][];
            /** @description Go on with `after` this; null on the last page. */
            next: string | null;
        };
        ExportedVerdict: {
            verdict_id: string | null;
            alert_key: string;
            alert_id: string;
            tenant: string | null;
            source: string;
            severity: components["schemas"]["Severity"];
            occurred_at: string;
            scored_at: string;
            disposition: components["schemas"]["Disposition"];
            /** @description close, review or escalate. */
            decision: string;
            final_score: number;
            risk_score: number;
            anomaly_score: number;
            is_anomaly: boolean;
            probability_true_positive: number | null;
            probability_false_positive: number | null;
            probability_suspicious: number | null;
            probability_benign: number | null;
            audit_sample: boolean;
            incident_id: string | null;
            /** @description Ids of the rules that hit, a blank between them. */
            rules: string;
            /** @description Version. */
            classifier: string | null;
            anomaly: string | null;
            scorer: string | null;
        };
        RetrainAccepted: {
            run_id: string;
            status_url: string;
        };
        FeedbackWithdrawn: {
            alert_key: string;
            analyst: string;
            /** @description The vote that was taken back, to be given again with POST /feedback. */
            withdrawn: {
                disposition: components["schemas"]["Disposition"];
                risk_score: number | null;
                at: string;
            };
            before: {
                /** @description Null where nothing teaches. */
                label: components["schemas"]["Disposition"] | null;
                /** @description Share of the votes that agree. */
                weight: number | null;
            };
            after: {
                /** @description Null where nothing teaches. */
                label: components["schemas"]["Disposition"] | null;
                /** @description Share of the votes that agree. */
                weight: number | null;
            };
            pending: number;
            retrain_queued: boolean;
        };
        Health: {
            /** @enum {string} */
            status: "ok" | "degraded" | "unhealthy";
        };
        HealthDetails: {
            /** @enum {string} */
            status: "ok" | "degraded" | "unhealthy";
            reasons: string[];
            release: string | null;
            models: {
                [key: string]: {
                    version: string;
                    sha256: string;
                    /** @enum {string} */
                    source: "storage" | "local_copy";
                    loaded_at: string;
                };
            };
            latency: {
                [key: string]: components["schemas"]["Latency"];
            };
            /** @description By kind of request, each five minutes of the last day in which there were any, by their begin; of the instance that answers, since its start. */
            latency_history: {
                [key: string]: {
                    count: number;
                    p50_ms: number;
                    p95_ms: number;
                    p99_ms: number;
                    at: string;
                }[];
            };
            /** @description The last 90 minutes of the instance that answers, oldest first: the worst it was in each minute. */
            checks: {
                at: string;
                /** @enum {string} */
                status: "ok" | "degraded" | "unhealthy";
                reason: string | null;
            }[];
            pending_feedback: number | null;
            /** @description When the judgement that waits longest was stored. */
            oldest_pending_at: string | null;
            scheduler: {
                schedule: string;
                last_tick: string | null;
                last_result: string | null;
                next_tick: string | null;
            };
            storage: {
                backend: string;
                /** @enum {string} */
                status: "ok" | "unavailable";
                detail?: string;
            };
            prediction_log: {
                mode: string;
                queued: number;
                written: number;
                dropped: number;
                failed: number;
            };
            /** @description What became of posted alerts since this instance started, by the program that sent them (user-agent). refused: alerts that could not be read, and requests of which nothing could. */
            senders: {
                [key: string]: {
                    scored: number;
                    skipped: number;
                    refused: number;
                };
            };
            drift: {
                status: string;
                detail: string;
            };
            instances: {
                seen: number;
                agree: boolean;
                list: {
                    instance_id: string;
                    release: string | null;
                    versions: {
                        [key: string]: string;
                    };
                    seen_at: string;
                    /** @description How far its clock is ahead of that of storage; below 0 behind. */
                    clock_skew_seconds: number;
                }[];
            };
            started_at: string;
            uptime_seconds: number;
        };
        Latency: {
            count: number;
            p50_ms: number;
            p95_ms: number;
            p99_ms: number;
        };
        Versions: {
            release: string;
            serving: {
                [key: string]: string;
            };
            pinned: {
                [key: string]: string;
            };
            notes: string[];
            versions: components["schemas"]["ModelVersion"][];
        };
        ModelVersion: {
            model: string;
            version: string;
            created_at: string;
            release: string;
            kind: string;
            samples: number;
            synthetic: boolean;
            metrics: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            decision: "promoted" | "refused" | "rolled_back";
            provisional?: boolean;
            reasons: string[];
            serving: boolean;
            pinned: boolean;
            sha256: string;
        };
        VersionCard: {
            model: string;
            version: string;
            sha256: string;
            /**
             * @description Of the gate, after the card was written.
             * @enum {string}
             */
            decision: "promoted" | "refused";
            provisional: boolean;
            reasons: string[];
            /** @description The model card, markdown. */
            card: string;
        };
        Artefact: {
            model: string;
            version: string;
            sha256: string;
            /** @description Bytes. */
            size: number;
            base64: string;
        };
        Activation: {
            model: string;
            before: string;
            after: string;
            pinned: boolean;
            was_pinned: boolean;
            /** @description What the pin means, and how it goes. */
            note: string;
            release: string;
            changed: boolean;
            /** @description Instances that say they serve it by now; null where they could not be asked, it is in force all the same. */
            instances_confirmed: number | null;
            /** @description The versions that the instance serves which answers this. */
            served_here: {
                [key: string]: string;
            };
            /** @description What the next retrain has to do without, a sentence each, as where a training set is no longer stored; empty where it has all it needs. */
            learning: string[];
        };
        RetrainRuns: {
            runs: components["schemas"]["RetrainRun"][];
        };
        RetrainRun: {
            run_id: string;
            trigger: string;
            state: string;
            stage: string;
            progress: number;
            started_at: string;
            finished_at: string | null;
            pending: number | null;
            release: string | null;
            reasons: string[];
            /** @description What became of each model; carried: not trained again. Null while there is no release. */
            models: {
                [key: string]: {
                    version: string;
                    /** @enum {string} */
                    decision: "promoted" | "refused" | "carried";
                    reasons: string[];
                };
            } | null;
            error: string | null;
        };
        Audit: {
            entries: {
                release: string;
                seq: number;
                at: string;
                kind: string;
                by: string;
                why: string;
                run_id: string;
                before: {
                    [key: string]: string;
                } | null;
                after: {
                    [key: string]: string;
                };
                pinned: {
                    [key: string]: string;
                };
                samples: number;
                consumed: number;
                quarantined: number;
                /** @description What went into the fit: judged, taught, held_out, rejected, excluded and so on. */
                counts: {
                    [key: string]: number;
                };
                exclusions: {
                    [key: string]: unknown;
                }[];
                decisions: {
                    [key: string]: {
                        version: string;
                        decision: string;
                        reasons: string[];
                    };
                };
            }[];
            /** @description Sentences on releases that cannot be read and are missing among the entries. */
            notes: string[];
        };
        Importances: {
            models: {
                [key: string]: {
                    version: string;
                    importances: {
                        feature: string;
                        importance: number;
                    }[];
                };
            };
        };
        Features: {
            /** @description Of this build; a model names the one it was made with. */
            catalog_id: string;
            features: {
                name: string;
                /** @enum {string} */
                group: "alert" | "tactics" | "source" | "time" | "entities" | "tokens" | "telemetry" | "context" | "record";
                /**
                 * @description From the alert and its context alone, or from how alerts of its kind were judged.
                 * @enum {string}
                 */
                kind: "stateless" | "track_record";
                /** @description What it is, with unit and range, and when it is missing. */
                sentence: string;
                /** @description Version of the definition under this name. */
                definition: number;
            }[];
        };
        Drift: {
            /**
             * @description `warming_up` below 500 alerts on either side.
             * @enum {string}
             */
            status: "ok" | "drifted" | "warming_up";
            detail: string;
            window_alerts: number;
            baseline_alerts: number;
            /** @description How the two numbers of a measure are computed. */
            method: {
                index: string;
                distance: string;
            };
            /** @description What both sides are counted in. */
            bins: string;
            /** @description Least share a bin counts as in the index; the distance needs none. */
            floor: number;
            /** @description Input columns; one that holds a single, equal value on both sides is not compared. */
            inputs: {
                compared: number;
                constant: number;
                shifted: number;
            };
            /** @description All that has shifted, largest index first. */
            shifted: string[];
            measures: {
                name: string;
                /** @enum {string} */
                kind: "output" | "input";
                /** @description Population stability index; above 0.25 counts as shifted. */
                psi: number;
                /** @description Jensen-Shannon distance, base 2, 0-1. */
                js_distance: number;
                bins: number;
                /**
                 * @description Whose bins: frozen with the release, or of the alerts compared with.
                 * @enum {string}
                 */
                bins_of: "release" | "baseline";
                /** @description Shares of both sides by bin, ascending; bins that neither side fills are left out. */
                distribution: {
                    /** @description The value, the range of values, `other` or `missing`. */
                    label: string;
                    before: number;
                    now: number;
                }[];
                shifted: boolean;
            }[];
        };
        QualityReport: {
            total: number;
            read: number;
            rejected: number;
            skipped: number;
            /** @description Of all payloads: read by a dialect, not by guessing. */
            recognised_share: number;
            dialects: {
                [key: string]: {
                    count: number;
                    completeness: number;
                };
            };
            sources: {
                [key: string]: number;
            };
            severities: {
                informational: number;
                low: number;
                medium: number;
                high: number;
                critical: number;
                unknown: number;
            };
            /** @description Expected field -> alerts without it. */
            missing: {
                [key: string]: number;
            };
            out_of_range: {
                unknown_severity: number;
                unreadable_time: number;
                substituted_time: number;
                score_above_100: number;
            };
            duplicates: {
                repeated: number;
                changed: number;
                without_id: number;
            };
            clock_skew: {
                in_future: number;
                created_before_occurred: number;
                delay_seconds: {
                    p50: number;
                    p95: number;
                    max: number;
                } | null;
            };
            completeness: {
                mean: number;
                histogram: number[];
            };
            warnings: {
                warning: string;
                count: number;
            }[];
            errors: {
                index: number;
                message: string;
            }[];
        };
        PolicyAnswer: {
            document: components["schemas"]["PolicyDocumentOutput"];
            critical_cases: {
                seq: number;
                cases: {
                    id: string;
                    alert: components["schemas"]["AlertOutput"];
                    by: string;
                    /** Format: date-time */
                    at: string;
                }[];
                retired: {
                    id: string;
                    by: string;
                    why: string;
                    /** Format: date-time */
                    at: string;
                }[];
            } | null;
            /** @description Attack probability below which closing is considered. */
            close_below: number;
            /** @description Classes with too few judged alerts for a promise at this alpha. */
            uncovered: string[];
            /** @description What stood before a change; what stands beside it is as it is now. */
            before?: {
                document: components["schemas"]["PolicyDocumentOutput"];
                critical_cases: {
                    seq: number;
                    cases: {
                        id: string;
                        alert: components["schemas"]["AlertOutput"];
                        by: string;
                        /** Format: date-time */
                        at: string;
                    }[];
                    retired: {
                        id: string;
                        by: string;
                        why: string;
                        /** Format: date-time */
                        at: string;
                    }[];
                } | null;
            };
            preview?: {
                held_out: number;
                now: components["schemas"]["PolicyOutcome"] | null;
                proposed: components["schemas"]["PolicyOutcome"] | null;
                note: string;
            };
        };
        PolicyOutcome: {
            alerts: number;
            true_positives: number;
            shares: {
                close: number;
                review: number;
                escalate: number;
            };
            /** @description True positives that would have been closed, but for the audit sample that found them. */
            missed: number;
            miss_rate: number | null;
            cost_per_alert: number | null;
        };
        Workload: {
            model: {
                /** @enum {string} */
                name: "classifier";
                version: string;
            };
            /** @description Judged alerts behind every figure. */
            judged: number;
            true_positives: number;
            incidents: number;
            /** @description Of them, those that only the audit sample kept open. */
            audit_samples: number;
            /**
             * @description Scored by models that had not seen their incident.
             * @enum {string}
             */
            split: "out_of_fold";
            costs: components["schemas"]["CostMatrixOutput"];
            /** @description By ascending close_below. */
            curve: {
                /** @description Everything with a lower attack probability is closed. */
                close_below: number;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                closed: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                missed: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
                /** @description True positives among the closed, as judged alerts. */
                missed_attacks: number;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                cost_per_alert: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
            }[];
            /** @description At the cut of the policy in force. */
            today: {
                /** @description Everything with a lower attack probability is closed. */
                close_below: number;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                closed: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                missed: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
                /** @description True positives among the closed, as judged alerts. */
                missed_attacks: number;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                cost_per_alert: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
            } | null;
            /** @description At the cut of the costs asked about; null where none were. */
            proposed: {
                /** @description Everything with a lower attack probability is closed. */
                close_below: number;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                closed: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                missed: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
                /** @description True positives among the closed, as judged alerts. */
                missed_attacks: number;
                /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                cost_per_alert: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
                costs: components["schemas"]["CostMatrixOutput"];
                /** @description Against today, both at the proposed costs, over the same resamples. */
                change: {
                    /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                    closed: {
                        value: number;
                        low: number;
                        high: number;
                    } | null;
                    /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                    missed: {
                        value: number;
                        low: number;
                        high: number;
                    } | null;
                    /** @description With a 95 % interval over incidents drawn again; null where there is nothing to count. */
                    cost_per_alert: {
                        value: number;
                        low: number;
                        high: number;
                    } | null;
                };
            } | null;
            /** @description Whether 30 % means 30 %: judged alerts by ascending attack probability, about as many in each bin. */
            reliability: {
                alerts: number;
                /** @description Mean attack probability, 0-1. */
                predicted: number;
                /** @description Share that was an attack, with a 95 % interval. */
                observed: {
                    value: number;
                    low: number;
                    high: number;
                } | null;
            }[];
            note: string;
        };
        CriticalCases: {
            cases: {
                id: string;
                /** @enum {string} */
                origin: "shipped" | "own";
                alert: components["schemas"]["AlertOutput"];
                added: {
                    by: string;
                    at: string;
                } | null;
                retired: {
                    by: string;
                    why: string;
                    at: string;
                } | null;
                serving: {
                    version: string;
                    /** @description p(true positive) + half of p(suspicious). */
                    attack: number;
                    /**
                     * @description Of the model alone, with nothing in the way of closing; close: it misses the case.
                     * @enum {string}
                     */
                    decision: "close" | "review" | "escalate";
                } | null;
                /** @description Of the newest classifier, where the gate refused it. */
                refused: {
                    version: string;
                    /** @description p(true positive) + half of p(suspicious). */
                    attack: number;
                    /**
                     * @description Of the model alone, with nothing in the way of closing; close: it misses the case.
                     * @enum {string}
                     */
                    decision: "close" | "review" | "escalate";
                } | null;
            }[];
            /** @description Cases in force that would be closed; retired ones do not count. */
            missed: {
                serving: number;
                refused: number | null;
            };
        };
        Quarantine: {
            held: components["schemas"]["HeldJudgement"][];
            /** @description That match, on all pages. */
            total: number;
            next_offset: number | null;
            release: string;
        };
        HeldJudgement: {
            alert_key: string;
            /** @description analyst_rate, rule_rate, rule_share, analyst_share, rule_reversal. */
            guard: string;
            reason: string;
            /** @description Names the rule of this tenant, for ruling on all of it. */
            rule_key: string;
            /** @description Its name, while an incident remembers the alert. */
            rule: string | null;
            /** @description Likewise; null where only hashes are kept. */
            title: string | null;
            disposition: components["schemas"]["Disposition"] | null;
            votes: {
                analyst: string;
                disposition: components["schemas"]["Disposition"];
                at: string;
                verified: boolean;
                /** @enum {string} */
                from: "person" | "record";
            }[];
            judged_at: string | null;
            /** @description Of the judged incidents of this rule, how many say the opposite (attack or none). */
            contradicts: {
                incidents: number;
                of: number;
            };
            /** @description Counts at the next retrain. */
            ruling: {
                /** @enum {string} */
                action: "confirm" | "reject";
                by: string;
                why: string | null;
                at: string;
            } | null;
        };
        BulkRuling: {
            action: string;
            matched: number;
            /** @description Whose ruling is another one now; 0 in a dry run. */
            ruled: number;
            dry_run: boolean;
            /** @description Held judgements without a ruling. */
            before: {
                open: number;
            };
            after: {
                open: number;
            };
            /** @description That match; the first hundred. */
            alert_keys: string[];
        };
        Ruling: {
            alert_key: string;
            action: string;
            status: string;
            pending: boolean;
            before: {
                /** @enum {string} */
                action: "confirm" | "reject";
                by: string;
                why: string | null;
                at: string;
            } | null;
            after: {
                /** @enum {string} */
                action: "confirm" | "reject";
                by: string;
                why: string | null;
                at: string;
            } | null;
        };
        Forgotten: {
            /** @description In how many the name stood. */
            before: {
                alerts: number;
                incidents: number;
            };
            after: {
                alerts: number;
                incidents: number;
            };
            /** @description Stands for the name in the history. */
            pseudonym: string;
            note: string;
        };
        /** @description A source that was replaced or removed, as it was read. */
        IntelChange: {
            sha256: string;
            size_bytes: number;
            imported_at: string;
            imported_by?: string;
            indicators: {
                [key: string]: number;
            };
            default_confidence: number;
            refused: {
                [key: string]: number;
            };
            passed_over: {
                [key: string]: number;
            };
            suppressed: {
                [key: string]: number;
            };
            warnings: string[];
            source: string;
            /** @description What the source held; null where it was new. */
            before: {
                imported_at: string;
                indicators: {
                    [key: string]: number;
                };
                size_bytes: number;
                sha256: string;
            } | null;
            /** @description What it holds now; null once it is removed. */
            after: {
                imported_at: string;
                indicators: {
                    [key: string]: number;
                };
                size_bytes: number;
                sha256: string;
            } | null;
        };
        IntelList: {
            /**
             * @description loading: not read yet on this instance, nothing is closed; degraded: the last refresh failed, what was loaded stays.
             * @enum {string}
             */
            status: "ready" | "loading" | "degraded";
            problem?: string;
            /** @description Memory of all sources on this instance. */
            size_bytes: number;
            sources: components["schemas"]["IntelSourceSummary"][];
        };
        /** @description A source of indicators and what became of its import. */
        IntelSourceSummary: {
            sha256: string;
            size_bytes: number;
            imported_at: string;
            imported_by?: string;
            indicators: {
                [key: string]: number;
            };
            default_confidence: number;
            refused: {
                [key: string]: number;
            };
            passed_over: {
                [key: string]: number;
            };
            suppressed: {
                [key: string]: number;
            };
            warnings: string[];
            source: string;
        };
        IntelLookup: {
            value: string;
            /** @description What the value was taken for, in normal form; empty where it is nothing known. */
            entities: {
                kind: components["schemas"]["EntityKind"];
                value: string;
            }[];
            at: string;
            /** @description Whether any hit is active. */
            is_hit: boolean;
            hits: components["schemas"]["IntelLookupHit"][];
        };
        IntelLookupHit: {
            source: string;
            /** @enum {string} */
            kind: "ip" | "domain" | "url" | "hash" | "email";
            confidence: number;
            /** @description The indicator: the domain above the value, the network around it. */
            matched: string;
            /** @enum {string} */
            tlp?: "clear" | "green" | "amber" | "amber+strict" | "red";
            valid_from?: string;
            /** @description The first moment at which it no longer holds. */
            valid_until?: string;
            /** @enum {string} */
            state: "active" | "not yet" | "expired" | "suppressed";
            /** @description Warning list that holds the value. */
            suppressed_by?: string;
        };
        Rules: {
            /** @description Names rules, settings and weights in force. */
            rule_set: string;
            total: number;
            /** @description Version of the classifier with which the weights were learned, or `level`. */
            weights_of: string;
            rules: components["schemas"]["Rule"][];
            /** @description Customer's rules that cannot be used, and why. */
            refused: components["schemas"]["RefusedRule"][];
        };
        Rule: {
            id: string;
            title: string;
            /** @enum {string} */
            level: "informational" | "low" | "medium" | "high" | "critical";
            /**
             * @description The rule speaks against an attack, this strongly.
             * @enum {string}
             */
            against?: "low" | "medium" | "high";
            reason: string;
            /** @description Folder of the rule; rules of one overlap. */
            module: string;
            /** @enum {string} */
            origin: "shipped" | "customer";
            enabled: boolean;
            /** @description An operator's factor on the rule's evidence, as `PUT` takes it; 1 where nobody decided. */
            weight: number;
            /** @description What a hit brings now, in nats, the factor included: > 0 for an attack, < 0 against one. */
            evidence: number;
            /** @description In nats, before the factor; learned from judgements with the classifier that serves. Null: the level weighs. */
            learned_evidence: number | null;
            /** @description Judged incidents in which it hit; counted anew each minute. */
            judged: number;
            /** @description Share of the judged incidents on its side: attacks, or harmless ones where it speaks against. */
            precision: number | null;
            /** @description Of a 95 % Wilson interval. */
            precision_low: number | null;
            precision_high: number | null;
            /**
             * @description From 5 judged incidents on: `retire` where it is surely right less often than its side is among all judged incidents, `tune` where it may be.
             * @enum {string|null}
             */
            advice: "keep" | "tune" | "retire" | null;
            /** @description What it adds to the models: how much more an alert would cost without it, in the units of the cost matrix, over the judged alerts of the serving classifier, with a 95 % interval; below 0 where it costs more than it saves. Null where it hit none of them. */
            adds: {
                value: number;
                low: number;
                high: number;
            } | null;
            /** @description On this instance since it started. */
            hits: number;
            last_hit_at: string | null;
            setting?: components["schemas"]["RuleSettingOutput"];
        };
        RefusedRule: {
            file: string;
            line: number;
            column: number;
            id: string;
            title: string;
            reason: string;
        };
        /** @description The rule as it counts now, with what was changed. */
        RuleChange: {
            id: string;
            title: string;
            /** @enum {string} */
            level: "informational" | "low" | "medium" | "high" | "critical";
            /**
             * @description The rule speaks against an attack, this strongly.
             * @enum {string}
             */
            against?: "low" | "medium" | "high";
            reason: string;
            /** @description Folder of the rule; rules of one overlap. */
            module: string;
            /** @enum {string} */
            origin: "shipped" | "customer";
            enabled: boolean;
            /** @description An operator's factor on the rule's evidence, as `PUT` takes it; 1 where nobody decided. */
            weight: number;
            /** @description What a hit brings now, in nats, the factor included: > 0 for an attack, < 0 against one. */
            evidence: number;
            /** @description In nats, before the factor; learned from judgements with the classifier that serves. Null: the level weighs. */
            learned_evidence: number | null;
            /** @description Judged incidents in which it hit; counted anew each minute. */
            judged: number;
            /** @description Share of the judged incidents on its side: attacks, or harmless ones where it speaks against. */
            precision: number | null;
            /** @description Of a 95 % Wilson interval. */
            precision_low: number | null;
            precision_high: number | null;
            /**
             * @description From 5 judged incidents on: `retire` where it is surely right less often than its side is among all judged incidents, `tune` where it may be.
             * @enum {string|null}
             */
            advice: "keep" | "tune" | "retire" | null;
            /** @description What it adds to the models: how much more an alert would cost without it, in the units of the cost matrix, over the judged alerts of the serving classifier, with a 95 % interval; below 0 where it costs more than it saves. Null where it hit none of them. */
            adds: {
                value: number;
                low: number;
                high: number;
            } | null;
            /** @description On this instance since it started. */
            hits: number;
            last_hit_at: string | null;
            setting?: components["schemas"]["RuleSettingOutput"];
            before: {
                enabled: boolean;
                weight: number;
            };
            after: {
                enabled: boolean;
                weight: number;
            };
        };
        Findings: {
            findings: components["schemas"]["Finding"][];
        };
        Finding: {
            what: string;
            /**
             * @description unknown: storage did not answer.
             * @enum {string}
             */
            state: "ok" | "wrong" | "fixed" | "unknown";
            /** @description One sentence; empty where all is well. */
            says: string;
            /** @description What mending it would do, or did; null where nothing can. */
            fix: string | null;
        };
        Mended: {
            findings: components["schemas"]["Finding"][];
            /** @description What was wrong. */
            before: string[];
            /** @description What still is. */
            after: string[];
        };
        PolicyDocumentOutput: {
            /** @description 0 is the built-in policy: none was stored yet. */
            seq: number;
            policy: components["schemas"]["PolicyOutput"];
            by: string;
            why: string;
            updated_at: string;
        };
        PolicyOutput: {
            /**
             * @default {
             *       "missed_attack": 50000,
             *       "false_alarm": 500,
             *       "correct_close": 100
             *     }
             */
            costs: components["schemas"]["CostMatrixOutput"];
            /**
             * @description Attack probability below which closing is considered; null takes it from the costs.
             * @default null
             */
            close_below: number | null;
            /**
             * @description Accepted share of alerts of a class whose conformal set leaves that class out.
             * @default 0.05
             */
            alpha: number;
            /**
             * @description Share of the alerts that would be closed which a person looks at all the same.
             * @default 0.02
             */
            audit_share: number;
            /**
             * @default {
             *       "source": 50,
             *       "rule": 10,
             *       "tenant": 20
             *     }
             */
            close_from: components["schemas"]["CloseFromOutput"];
            /**
             * @default {
             *       "critical": 90,
             *       "high": 70,
             *       "medium": 40
             *     }
             */
            risk_levels: components["schemas"]["RiskLevelsOutput"];
        };
        CostMatrixOutput: {
            /**
             * @description Cost of closing an attack.
             * @default 50000
             */
            missed_attack: number;
            /**
             * @description Cost of looking at what is no attack.
             * @default 500
             */
            false_alarm: number;
            /**
             * @description Gain of closing what is no attack.
             * @default 100
             */
            correct_close: number;
        };
        /** @description Judged alerts of its source, rule and tenant before an alert is closed. */
        CloseFromOutput: {
            /** @default 50 */
            source: number;
            /** @default 10 */
            rule: number;
            /** @default 20 */
            tenant: number;
        };
        /** @description Lowest final_score of each level; below medium it is low. */
        RiskLevelsOutput: {
            /** @default 90 */
            critical: number;
            /** @default 70 */
            high: number;
            /** @default 40 */
            medium: number;
        };
        AlertOutput: {
            id: string;
            id_scope?: string;
            title: string;
            rule_id?: string;
            rule_name?: string;
            source: string;
            vendor?: string;
            tenant?: string;
            incident_id?: string;
            /** @default unknown */
            severity: components["schemas"]["Severity"];
            vendor_score?: number;
            /** Format: date-time */
            occurred_at: string;
            /** Format: date-time */
            created_at?: string;
            category?: string;
            /** @default [] */
            tactics: string[];
            /** @default [] */
            techniques: string[];
            /** @default [] */
            entities: components["schemas"]["EntityOutput"][];
            telemetry?: {
                [key: string]: number;
            };
            raw?: unknown;
        };
        EntityOutput: {
            kind: components["schemas"]["EntityKind"];
            value: string;
            role?: components["schemas"]["EntityRole"];
        };
        RuleSettingOutput: {
            enabled: boolean;
            weight: number;
            why: string;
            by: string;
            at: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AlertPayload = components['schemas']['AlertPayload'];
export type Alert = components['schemas']['Alert'];
export type Severity = components['schemas']['Severity'];
export type Entity = components['schemas']['Entity'];
export type EntityKind = components['schemas']['EntityKind'];
export type EntityRole = components['schemas']['EntityRole'];
export type AlertBatch = components['schemas']['AlertBatch'];
export type IncidentJudgement = components['schemas']['IncidentJudgement'];
export type Disposition = components['schemas']['Disposition'];
export type QuietRequest = components['schemas']['QuietRequest'];
export type FeedbackItem = components['schemas']['FeedbackItem'];
export type ClosedRecord = components['schemas']['ClosedRecord'];
export type ReplayRequest = components['schemas']['ReplayRequest'];
export type ActivationRequest = components['schemas']['ActivationRequest'];
export type RetrainRequest = components['schemas']['RetrainRequest'];
export type PolicyRequest = components['schemas']['PolicyRequest'];
export type Policy = components['schemas']['Policy'];
export type CostMatrix = components['schemas']['CostMatrix'];
export type CloseFrom = components['schemas']['CloseFrom'];
export type RiskLevels = components['schemas']['RiskLevels'];
export type PolicyDocument = components['schemas']['PolicyDocument'];
export type BulkRulingRequest = components['schemas']['BulkRulingRequest'];
export type RulingRequest = components['schemas']['RulingRequest'];
export type ForgetRequest = components['schemas']['ForgetRequest'];
export type RuleSettingRequest = components['schemas']['RuleSettingRequest'];
export type RuleSetting = components['schemas']['RuleSetting'];
export type MendRequest = components['schemas']['MendRequest'];
export type Verdict = components['schemas']['Verdict'];
export type Probabilities = components['schemas']['Probabilities'];
export type RuleHit = components['schemas']['RuleHit'];
export type VerdictContext = components['schemas']['VerdictContext'];
export type VerdictIncident = components['schemas']['VerdictIncident'];
export type ServedVersions = components['schemas']['ServedVersions'];
export type InputReport = components['schemas']['InputReport'];
export type AlertAsRead = components['schemas']['AlertAsRead'];
export type Explanation = components['schemas']['Explanation'];
export type Contribution = components['schemas']['Contribution'];
export type SimilarAlerts = components['schemas']['SimilarAlerts'];
export type WhatIf = components['schemas']['WhatIf'];
export type BatchResult = components['schemas']['BatchResult'];
export type Problem = components['schemas']['Problem'];
export type Skip = components['schemas']['Skip'];
export type Skipped = components['schemas']['Skipped'];
export type IncidentList = components['schemas']['IncidentList'];
export type IncidentSummary = components['schemas']['IncidentSummary'];
export type RollUp = components['schemas']['RollUp'];
export type Incident = components['schemas']['Incident'];
export type IncidentJudged = components['schemas']['IncidentJudged'];
export type IncidentWithdrawn = components['schemas']['IncidentWithdrawn'];
export type Quiet = components['schemas']['Quiet'];
export type FeedbackResult = components['schemas']['FeedbackResult'];
export type FeedbackClosing = components['schemas']['FeedbackClosing'];
export type FeedbackItemResult = components['schemas']['FeedbackItemResult'];
export type StandingFeedback = components['schemas']['StandingFeedback'];
export type ExportedVotes = components['schemas']['ExportedVotes'];
export type ExportedVote = components['schemas']['ExportedVote'];
export type ExportedVerdicts = components['schemas']['ExportedVerdicts'];
export type ExportedVerdict = components['schemas']['ExportedVerdict'];
export type RetrainAccepted = components['schemas']['RetrainAccepted'];
export type FeedbackWithdrawn = components['schemas']['FeedbackWithdrawn'];
export type Health = components['schemas']['Health'];
export type HealthDetails = components['schemas']['HealthDetails'];
export type Latency = components['schemas']['Latency'];
export type Versions = components['schemas']['Versions'];
export type ModelVersion = components['schemas']['ModelVersion'];
export type VersionCard = components['schemas']['VersionCard'];
export type Artefact = components['schemas']['Artefact'];
export type Activation = components['schemas']['Activation'];
export type RetrainRuns = components['schemas']['RetrainRuns'];
export type RetrainRun = components['schemas']['RetrainRun'];
export type Audit = components['schemas']['Audit'];
export type Importances = components['schemas']['Importances'];
export type Features = components['schemas']['Features'];
export type Drift = components['schemas']['Drift'];
export type QualityReport = components['schemas']['QualityReport'];
export type PolicyAnswer = components['schemas']['PolicyAnswer'];
export type PolicyOutcome = components['schemas']['PolicyOutcome'];
export type Workload = components['schemas']['Workload'];
export type CriticalCases = components['schemas']['CriticalCases'];
export type Quarantine = components['schemas']['Quarantine'];
export type HeldJudgement = components['schemas']['HeldJudgement'];
export type BulkRuling = components['schemas']['BulkRuling'];
export type Ruling = components['schemas']['Ruling'];
export type Forgotten = components['schemas']['Forgotten'];
export type IntelChange = components['schemas']['IntelChange'];
export type IntelList = components['schemas']['IntelList'];
export type IntelSourceSummary = components['schemas']['IntelSourceSummary'];
export type IntelLookup = components['schemas']['IntelLookup'];
export type IntelLookupHit = components['schemas']['IntelLookupHit'];
export type Rules = components['schemas']['Rules'];
export type Rule = components['schemas']['Rule'];
export type RefusedRule = components['schemas']['RefusedRule'];
export type RuleChange = components['schemas']['RuleChange'];
export type Findings = components['schemas']['Findings'];
export type Finding = components['schemas']['Finding'];
export type Mended = components['schemas']['Mended'];
export type PolicyDocumentOutput = components['schemas']['PolicyDocumentOutput'];
export type PolicyOutput = components['schemas']['PolicyOutput'];
export type CostMatrixOutput = components['schemas']['CostMatrixOutput'];
export type CloseFromOutput = components['schemas']['CloseFromOutput'];
export type RiskLevelsOutput = components['schemas']['RiskLevelsOutput'];
export type AlertOutput = components['schemas']['AlertOutput'];
export type EntityOutput = components['schemas']['EntityOutput'];
export type RuleSettingOutput = components['schemas']['RuleSettingOutput'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
/** Every route of the service by the name of its function. */
export const ROUTES = {
    predict: { method: "POST", path: "/predict", role: "scorer" },
    alertSimilar: { method: "GET", path: "/alerts/{alertKey}/similar", role: "scorer" },
    incidents: { method: "GET", path: "/incidents", role: "scorer" },
    incident: { method: "GET", path: "/incidents/{id}", role: "scorer" },
    incidentJudge: { method: "POST", path: "/incidents/{id}/judge", role: "analyst" },
    incidentWithdraw: { method: "DELETE", path: "/incidents/{id}/judge", role: "analyst" },
    behaviorQuiet: { method: "POST", path: "/behavior/quiet", role: "operator" },
    feedback: { method: "POST", path: "/feedback", role: "analyst" },
    feedbackStanding: { method: "GET", path: "/feedback", role: "scorer" },
    exportJudgements: { method: "GET", path: "/export/judgements", role: "operator" },
    exportVerdicts: { method: "GET", path: "/export/verdicts", role: "operator" },
    retrainReplay: { method: "POST", path: "/replay", role: "operator" },
    feedbackWithdraw: { method: "DELETE", path: "/feedback/{alertKey}", role: "analyst" },
    health: { method: "GET", path: "/health", role: "anonymous" },
    healthDetails: { method: "GET", path: "/health/details", role: "scorer" },
    versions: { method: "GET", path: "/versions", role: "scorer" },
    versionsOfModel: { method: "GET", path: "/versions/{model}", role: "scorer" },
    versionCard: { method: "GET", path: "/versions/{model}/{version}/card", role: "scorer" },
    versionArtefact: { method: "GET", path: "/versions/{model}/{version}/artefact", role: "operator" },
    versionActivate: { method: "POST", path: "/versions/{model}/{version}/activate", role: "operator" },
    versionUnpin: { method: "POST", path: "/versions/{model}/unpin", role: "operator" },
    retrain: { method: "POST", path: "/retrain", role: "operator" },
    retrainRuns: { method: "GET", path: "/retrain", role: "scorer" },
    retrainRun: { method: "GET", path: "/retrain/{run}", role: "scorer" },
    audit: { method: "GET", path: "/audit", role: "scorer" },
    importances: { method: "GET", path: "/importances", role: "scorer" },
    features: { method: "GET", path: "/features", role: "scorer" },
    drift: { method: "GET", path: "/drift", role: "scorer" },
    quality: { method: "POST", path: "/quality", role: "scorer" },
    policy: { method: "GET", path: "/policy", role: "scorer" },
    policyPut: { method: "PUT", path: "/policy", role: "operator" },
    workload: { method: "GET", path: "/workload", role: "scorer" },
    criticalCases: { method: "GET", path: "/critical-cases", role: "scorer" },
    quarantine: { method: "GET", path: "/quarantine", role: "scorer" },
    quarantineRuleAll: { method: "POST", path: "/quarantine", role: "operator" },
    quarantineRule: { method: "POST", path: "/quarantine/{alertKey}", role: "operator" },
    forget: { method: "POST", path: "/forget", role: "operator" },
    intelPut: { method: "PUT", path: "/intel/{source}", role: "operator" },
    intel: { method: "GET", path: "/intel", role: "scorer" },
    intelLookup: { method: "GET", path: "/intel/lookup", role: "scorer" },
    intelRemove: { method: "DELETE", path: "/intel/{source}", role: "operator" },
    rules: { method: "GET", path: "/rules", role: "scorer" },
    rule: { method: "GET", path: "/rules/{id}", role: "scorer" },
    rulePut: { method: "PUT", path: "/rules/{id}", role: "operator" },
    doctor: { method: "GET", path: "/doctor", role: "operator" },
    doctorFix: { method: "POST", path: "/doctor", role: "operator" },
    meScorer: { method: "GET", path: "/me/scorer", role: "scorer" },
    meAnalyst: { method: "GET", path: "/me/analyst", role: "analyst" },
    meOperator: { method: "GET", path: "/me/operator", role: "operator" },
} as const;
