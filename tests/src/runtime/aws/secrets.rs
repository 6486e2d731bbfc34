//! The parts of SSM Parameter Store and Secrets Manager that hand out values.

use http::Response;
use serde_json::{Value, json};

use super::{Aws, JSON};
use crate::runtime::http::answer;

impl Aws {
    pub(super) fn secret(&self, service: &str, operation: &str, body: &[u8]) -> Response<Vec<u8>> {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let names = |field: &str| -> Vec<String> {
            let names = request.get(field).and_then(Value::as_array);
            let names = names.into_iter().flatten();
            names
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect()
        };
        let one = |field: &str| {
            let name = request.get(field).and_then(Value::as_str);
            name.unwrap_or_default().to_owned()
        };
        let found = match (service, operation) {
            ("SSM", "GetParameter") => {
                let parameter = self.parameter(&one("Name"));
                parameter.map(|parameter| json!({"Parameter": parameter}))
            }
            ("SSM", "GetParameters") => {
                let (found, missing) = self.each(names("Names"), Self::parameter);
                Some(json!({"Parameters": found, "InvalidParameters": missing}))
            }
            ("SecretsManager", "GetSecretValue") => self.value(&one("SecretId")),
            ("SecretsManager", "BatchGetSecretValue") => {
                let (found, missing) = self.each(names("SecretIdList"), Self::value);
                let errors: Vec<Value> = missing
                    .iter()
                    .map(|id| json!({"SecretId": id, "ErrorCode": "ResourceNotFoundException"}))
                    .collect();
                Some(json!({"SecretValues": found, "Errors": errors}))
            }
            _ => return self.not_known(format!("{service} {operation}")),
        };
        self.state().counts.request(service, operation);
        match found {
            Some(found) => answer(200, JSON, found.to_string()),
            None if service == "SSM" => answer(400, JSON, r#"{"__type":"ParameterNotFound"}"#),
            None => answer(400, JSON, r#"{"__type":"ResourceNotFoundException"}"#),
        }
    }

    fn each(
        &self,
        names: Vec<String>,
        find: impl Fn(&Self, &str) -> Option<Value>,
    ) -> (Vec<Value>, Vec<String>) {
        let mut found = Vec::new();
        let mut missing = Vec::new();
        for name in names {
            match find(self, &name) {
                Some(value) => found.push(value),
                None => missing.push(name),
            }
        }
        (found, missing)
    }

    fn parameter(&self, name: &str) -> Option<Value> {
        let value = self.state().secrets.get(name).cloned()?;
        Some(
            json!({"Name": name, "Type": "SecureString", "Value": value, "Version": 1, "DataType": "text"}),
        )
    }

    fn value(&self, id: &str) -> Option<Value> {
        let value = self.state().secrets.get(id).cloned()?;
        let arn = format!("arn:aws:secretsmanager:eu-central-1:000000000000:secret:{id}-AbCdEf");
        Some(
            json!({"ARN": arn, "Name": id, "VersionId": "0001", "SecretString": value, "VersionStages": ["AWSCURRENT"]}),
        )
    }
}
