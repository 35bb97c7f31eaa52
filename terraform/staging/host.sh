# shellcheck shell=bash
# What the host of staging has before the first deployment (user data, run once as root). Terraform puts above it:
: "${NAME:?}" "${REGION:?}" "${DOMAIN:?}" "${OPERATOR_EMAIL:?}"
set -euxo pipefail

dnf install -y python3.11 python3.11-pip nginx redis6 ruby logrotate amazon-cloudwatch-agent postgresql16

# --- User and directories. Code belongs to root, so that the server cannot change it.
useradd --system --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin heart
install -d -m 755 /opt/heart-to-heart
install -d -m 750 -o root -g heart /etc/heart-to-heart /var/log/heart-to-heart
# Where deployments find the settings (deploy/staging/write_environment.py).
cat > /etc/heart-to-heart/host.env << END
AWS_REGION=$REGION
SETTINGS_PATH=/heart-to-heart/staging
END
# The authorities of RDS, for sslrootcert in DATABASE_URL.
curl -fsS --retry 5 -o /etc/heart-to-heart/rds.pem https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem

# --- Redis: for this machine only, nothing on disk. When it is full the server works as without it.
cat >> /etc/redis6/redis6.conf << 'END'
bind 127.0.0.1
save ""
maxmemory 256mb
maxmemory-policy noeviction
END
systemctl enable --now redis6

# --- nginx without the server that the package brings. The deployment adds files to conf.d.
cat > /etc/nginx/nginx.conf << 'END'
user nginx;
worker_processes auto;
worker_rlimit_nofile 8192;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log crit;
events {
    worker_connections 4096;
}
http {
    include mime.types;
    default_type application/octet-stream;
    sendfile on;
    include /etc/nginx/conf.d/*.conf;
}
END
systemctl enable --now nginx

# --- TLS: Let's Encrypt, proved by DNS, so that it needs no server. The same command gets and renews the certificate; then
# nginx gets the lines that deploy/nginx/heart.conf includes.
install -d /etc/nginx/heart
cat > /usr/local/sbin/use-heart-certificate << 'END'
#!/bin/sh
set -eu
cat > /etc/nginx/heart/tls.conf << 'TLS'
listen 443 ssl http2;
ssl_certificate /etc/letsencrypt/live/heart/fullchain.pem;
ssl_certificate_key /etc/letsencrypt/live/heart/privkey.pem;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_session_cache shared:tls:10m;
TLS
systemctl reload nginx
END
chmod 755 /usr/local/sbin/use-heart-certificate
python3.11 -m venv /opt/certbot
/opt/certbot/bin/pip install --quiet certbot==5.8.0 certbot-dns-route53==5.8.0
cat > /etc/systemd/system/heart-certificate.service << END
[Unit]
Description=Get or renew the TLS certificate of $DOMAIN
[Service]
Type=oneshot
ExecStart=/opt/certbot/bin/certbot certonly --non-interactive --agree-tos --email $OPERATOR_EMAIL --dns-route53 \\
  --domain $DOMAIN --cert-name heart --keep-until-expiring --deploy-hook /usr/local/sbin/use-heart-certificate
END
cat > /etc/systemd/system/heart-certificate.timer << 'END'
[Unit]
Description=Renew the TLS certificate
[Timer]
OnCalendar=daily
RandomizedDelaySec=6h
Persistent=true
[Install]
WantedBy=timers.target
END
systemctl daemon-reload
systemctl enable --now heart-certificate.timer
# Tried again by the timer, should DNS not be ready.
systemctl start heart-certificate.service || true

# --- Logs and metrics. CloudWatch's agent reads files, so the units of the releases write theirs.
for unit in heart-web@ heart-outbox@ heart-cleanup; do
  install -d "/etc/systemd/system/$unit.service.d"
  printf '[Service]\nStandardOutput=append:/var/log/heart-to-heart/server.log\nStandardError=append:/var/log/heart-to-heart/server.log\n' \
    > "/etc/systemd/system/$unit.service.d/log.conf"
done
systemctl daemon-reload
cat > /etc/logrotate.d/heart-to-heart << 'END'
/var/log/heart-to-heart/*.log {
    daily
    rotate 14
    maxsize 200M
    compress
    missingok
    notifempty
    copytruncate
}
END
cat > /etc/heart-to-heart/cloudwatch-agent.json << END
{
  "agent": {"metrics_collection_interval": 60},
  "metrics": {
    "namespace": "$NAME",
    "append_dimensions": {"InstanceId": "\${aws:InstanceId}"},
    "aggregation_dimensions": [["InstanceId"]],
    "metrics_collected": {
      "mem": {"measurement": ["mem_used_percent"]},
      "disk": {"measurement": ["disk_used_percent"], "resources": ["/"]}
    }
  },
  "logs": {"logs_collected": {"files": {"collect_list": [
    {"log_group_name": "/$NAME/nginx-access", "log_stream_name": "{instance_id}", "file_path": "/var/log/nginx/access.log"},
    {"log_group_name": "/$NAME/nginx-error", "log_stream_name": "{instance_id}", "file_path": "/var/log/nginx/error.log"},
    {"log_group_name": "/$NAME/server", "log_stream_name": "{instance_id}", "file_path": "/var/log/heart-to-heart/*.log"},
    {"log_group_name": "/$NAME/deployment", "log_stream_name": "{instance_id}", "file_path": "/var/log/aws/codedeploy-agent/codedeploy-agent.log"}
  ]}}}
}
END
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \
  -c file:/etc/heart-to-heart/cloudwatch-agent.json

# --- CodeDeploy's agent, last: from now on a deployment may start.
curl -fsS --retry 5 -o /var/tmp/install-codedeploy "https://aws-codedeploy-$REGION.s3.$REGION.amazonaws.com/latest/install"
chmod +x /var/tmp/install-codedeploy
/var/tmp/install-codedeploy auto
systemctl enable --now codedeploy-agent
