//! Exports and checkpoints cannot be changed once they are written, and whoever operates them hears of what fails.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use super::{
    source::repository,
    template::{Template, reference},
};

/// Seven years, two leap days included.
const SEVEN_YEARS: u64 = 7 * 365 + 2;

fn get_att(attribute: &str) -> Value {
    json!({"!GetAtt": attribute})
}

#[test]
fn d13_nobody_can_change_or_remove_an_export_for_seven_years() {
    let template = Template::read();
    let bucket = template.at("/Resources/ExportsBucket");
    assert_eq!(
        (&bucket["DeletionPolicy"], &bucket["UpdateReplacePolicy"]),
        (&json!("RetainExceptOnCreate"), &json!("Retain"))
    );
    let properties = &bucket["Properties"];
    assert_eq!(properties["ObjectLockEnabled"], true);
    let retention = json!({"Mode": "COMPLIANCE", "Days": reference("ExportRetentionDays")});
    let lock = json!({"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}});
    assert_eq!(properties["ObjectLockConfiguration"], lock);
    assert_eq!(template.at("/Parameters/ExportRetentionDays/Default").as_u64(), Some(SEVEN_YEARS));
    assert_eq!(properties["VersioningConfiguration"], json!({"Status": "Enabled"}));
    // What is left of an upload goes; nothing else does.
    let rules = properties["LifecycleConfiguration"]["Rules"].as_array().expect("rules");
    let [rule] = rules.as_slice() else { panic!("{rules:?}") };
    let names: BTreeSet<&str> = rule.as_object().expect("a rule").keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["AbortIncompleteMultipartUpload", "Id", "Status"]));
}

#[test]
fn exports_are_encrypted_with_our_key_and_nobodys_from_outside() {
    let template = Template::read();
    let properties = template.at("/Resources/ExportsBucket/Properties");
    let block = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    assert!(block.iter().all(|name| properties["PublicAccessBlockConfiguration"][name] == true), "{properties}");
    assert_eq!(properties["OwnershipControls"], json!({"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}));
    let encryption = &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"];
    let by_default = json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": get_att("Key.Arn")});
    // With a key of the bucket's own, what is encrypted says which bucket it is of: roles are given the key for that.
    assert_eq!(encryption, &json!([{"BucketKeyEnabled": true, "ServerSideEncryptionByDefault": by_default}]));
    let policy = template.at("/Resources/ExportsBucketPolicy/Properties");
    assert_eq!(policy["Bucket"], reference("ExportsBucket"));
    assert_eq!(
        policy["PolicyDocument"]["Statement"],
        json!([{
            "Sid": "EncryptedConnections",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [get_att("ExportsBucket.Arn"), {"!Sub": "${ExportsBucket.Arn}/*"}],
            "Condition": {"Bool": {"aws:SecureTransport": false}},
        }, {
            "Sid": "NoDeletion",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": {"!Sub": "${ExportsBucket.Arn}/*"},
        }])
    );
}

#[test]
fn schedules_send_what_the_samples_have_and_what_fails_is_kept() {
    let template = Template::read();
    let function = template.at("/Resources/AuditExportFunction/Properties");
    let queue = get_att("ExportFailures.Arn");
    for (name, schedule, sample) in [
        ("Minutely", "rate(1 minute)", "audit-export.json"),
        ("Monthly", "cron(0 3 1 * ? *)", "audit-export.monthly.json"),
    ] {
        let event = &function["Events"][name]["Properties"];
        assert_eq!(event["ScheduleExpression"], schedule);
        assert_eq!(event["FlexibleTimeWindow"], json!({"Mode": "OFF"}));
        assert_eq!(event["DeadLetterConfig"], json!({"Arn": queue}), "{name}");
        assert!(event["RetryPolicy"]["MaximumRetryAttempts"].as_u64() > Some(0), "{name}");
        // A name of its own would be the same in every stack.
        assert_eq!(event["OmitName"], true, "{name}");
        let sample = fs::read_to_string(repository().join("events").join(sample)).expect("a sample payload");
        let sample: Value = serde_json::from_str(&sample).expect("JSON");
        let input: Value = serde_json::from_str(event["Input"].as_str().expect("a text")).expect("JSON");
        assert_eq!(input["schedule"], sample["schedule"], "{name}");
    }
    assert_eq!(function["Events"].as_object().map(|events| events.len()), Some(2));
    let destination = json!({"OnFailure": {"Type": "SQS", "Destination": queue}});
    assert_eq!(function["EventInvokeConfig"]["DestinationConfig"], destination);
    let queue = template.at("/Resources/ExportFailures/Properties");
    assert_eq!((&queue["SqsManagedSseEnabled"], &queue["MessageRetentionPeriod"]), (&json!(true), &json!(1_209_600)));
}

#[test]
fn every_alarm_is_told_to_whoever_wants_to_hear_it() {
    let template = Template::read();
    let mut watched = BTreeSet::new();
    for id in template.resources("AWS::CloudWatch::Alarm") {
        let alarm = template.at(&format!("/Resources/{id}/Properties"));
        assert_eq!(alarm["AlarmActions"], json!([reference("Alarms")]), "{id}");
        assert!(alarm["AlarmDescription"].as_str().is_some_and(|text| text.len() > 20), "{id}");
        let dimensions = alarm["Dimensions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let [dimension] = dimensions else { panic!("{id}: {dimensions:?}") };
        watched.insert(format!("{} of {}", alarm["MetricName"], dimension["Value"]).replace('"', ""));
    }
    let expected = [
        "Errors of {!Ref:AuditExportFunction}",
        "Invocations of {!Ref:AuditExportFunction}",
        "AsyncEventAge of {!Ref:AuditExportFunction}",
        "ApproximateNumberOfMessagesVisible of {!GetAtt:ExportFailures.QueueName}",
        "Errors of {!Ref:AuditDailyFunction}",
    ];
    assert_eq!(watched, expected.map(str::to_owned).into());
    let subscription = template.at("/Resources/AlarmEmailSubscription");
    assert_eq!(subscription["Condition"], "HasAlarmEmail", "there may be nobody");
    assert_eq!(subscription["Properties"]["Endpoint"], reference("AlarmEmail"));
    assert_eq!(template.at("/Resources/Alarms/Properties/KmsMasterKeyId"), &reference("Key"));
}

#[test]
fn no_alarm_rings_because_a_metric_comes_late() {
    let template = Template::read();
    let mut breaching = 0;
    for id in template.resources("AWS::CloudWatch::Alarm") {
        let alarm = template.at(&format!("/Resources/{id}/Properties"));
        let number = |name: &str| alarm[name].as_u64().unwrap_or_default();
        match alarm["TreatMissingData"].as_str() {
            Some("notBreaching") => {}
            Some("breaching") => {
                breaching += 1;
                let (periods, datapoints) = (number("EvaluationPeriods"), number("DatapointsToAlarm"));
                assert!(datapoints >= 3 && datapoints == periods, "{id}: {datapoints} of {periods}");
                assert_eq!(number("Period") * periods, 900, "{id}: a quarter of an hour, as docs/deployment.md says");
            }
            other => panic!("{id} says nothing of data that are missing: {other:?}"),
        }
    }
    assert_eq!(breaching, 1, "that nothing is invoked shows in no other way");
}
